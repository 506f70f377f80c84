#!/bin/bash
# docker-world.sh FOLDER PROGRAM [ARGUMENT...]: runs dockerd as it would run on a machine of its own.
#
# It has processes and mounts of its own, but the network of the world around it: who kills the first process in there
# ends every container with it, and every mount is gone. What dockerd and containerd write beside the folders that they
# can be told of lands in FOLDER.

set -e

if [ "$1" = --inside ]; then
  folder=$2
  shift 2
  cp --archive /etc "$folder/etc"
  for place in /etc /opt /run/docker /run/containerd; do
    mkdir -p "$place" "$folder/$(basename "$place")"
    mount -n --bind "$folder/$(basename "$place")" "$place"
  done
  mkdir "$folder/tmp"
  export TMPDIR=$folder/tmp
  # Not `exec`: bash stays as process 1, so that somebody reaps what containers leave behind.
  "$@"
  exit $?
fi

exec unshare --mount --pid --fork --kill-child=KILL --mount-proc --propagation private "$0" --inside "$@"
