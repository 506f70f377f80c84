#!/bin/bash
# lab-exec.sh CMD...: runs CMD in a throw-away world and exits as CMD does.
#
# The world has its own network (nothing but lo), mounts, processes, IPC and host name, and an empty /run. When CMD
# ends, or the process that this script becomes is killed with SIGKILL, the kernel ends everything inside with it.
# LAB_MODE tells those inside what they are: `root`, `rootless-multi` (an ordinary user with uids of its own to
# hand out) or `rootless` (an ordinary user alone).
#
# Exit 77 where no such world can be had: no unshare, no rights, no user namespaces.

world=(--net --mount --pid --ipc --uts --fork --kill-child=KILL --mount-proc --propagation private)

# unshare's arguments for a mode, each on a line of its own.
arguments_of() {
  case $1 in
    rootless-multi) printf '%s\n' --map-root-user --map-auto ;;
    rootless) printf '%s\n' --user --map-root-user ;;
  esac
  printf '%s\n' "${world[@]}"
}

# The first mode that this user can have.
usable_mode() {
  local mode modes=(root rootless)
  [ "$(id -u)" = 0 ] || modes=(rootless-multi rootless)
  for mode in "${modes[@]}"; do
    mapfile -t arguments < <(arguments_of "$mode")
    if unshare "${arguments[@]}" true 2>/dev/null; then
      echo "$mode"
      return
    fi
  done
  return 1
}

if ! mode=$(usable_mode); then
  echo "lab-exec: this machine or user cannot have namespaces of its own" >&2
  exit 77
fi
LAB_REAL_UID=$(id -u)
LAB_REAL_GID=$(id -g)
export LAB_MODE=$mode LAB_REAL_UID LAB_REAL_GID
mapfile -t arguments < <(arguments_of "$mode")

# Not `exec "$@"`: bash stays as process 1, so that somebody reaps what services leave behind.
exec unshare "${arguments[@]}" bash -c '
  mount -t tmpfs -o mode=755 tmpfs /run && mkdir -p /run/netns /run/lock /run/sshd || exit 77
  echo 0 2>/dev/null >/proc/sys/net/ipv6/conf/lo/disable_ipv6 # some container hosts switch ::1 off
  ip link set lo up || exit 77
  "$@"
  exit $?' lab-init "$@"
