/*
 * A plain connect scanner: what one core of this machine can do when nothing stands between the program and the
 * kernel. One socket a probe: socket, connect, epoll_wait, getsockopt, close.
 *
 *   epoll-scan WINDOW DEADLINE_MS PORT[,PORT...] NETWORK/PREFIX
 *
 * Asks port by port over all hosts, at most WINDOW at once; who has not answered within DEADLINE_MS is let go.
 * Prints ADDRESS:PORT of what is open, a line each. Exits with 2 on what it does not understand.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST_PORTS 65535
#define BATCH 512

/* A probe under way, kept under its descriptor's number; they form a list, the oldest first. */
struct probe {
  uint32_t address;
  uint16_t port;
  double due_ms;
  int older, newer;
};

static struct probe *probes;
static int oldest = -1, newest = -1, pending = 0, queue;

static double now_ms(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

static void fail(const char *what) {
  fprintf(stderr, "epoll-scan: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void report(uint32_t address, uint16_t port) {
  struct in_addr in = { htonl(address) };
  printf("%s:%d\n", inet_ntoa(in), port);
}

/* Away with a reset, so that no TIME_WAIT stays behind. */
static void hang_up(int socket) {
  struct linger reset = { 1, 0 };
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(socket);
}

static void forget(int socket) {
  struct probe *it = &probes[socket];
  if (it->older < 0) oldest = it->newer; else probes[it->older].newer = it->newer;
  if (it->newer < 0) newest = it->older; else probes[it->newer].older = it->older;
  pending--;
}

static void remember(int socket, uint32_t address, uint16_t port, double due_ms) {
  probes[socket] = (struct probe){ address, port, due_ms, newest, -1 };
  if (newest < 0) oldest = socket; else probes[newest].newer = socket;
  newest = socket;
  pending++;
}

static void begin(uint32_t address, uint16_t port, double due_ms) {
  int it = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (it < 0) fail("socket");
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(address) } };
  if (connect(it, (struct sockaddr *)&to, sizeof to) == 0) {
    report(address, port);
    hang_up(it);
    return;
  }
  if (errno != EINPROGRESS) {
    close(it);
    return;
  }
  struct epoll_event event = { .events = EPOLLOUT, .data = { .fd = it } };
  if (epoll_ctl(queue, EPOLL_CTL_ADD, it, &event) < 0) fail("epoll_ctl");
  remember(it, address, port, due_ms);
}

static void finish(int socket) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  forget(socket);
  if (error == 0) {
    report(probes[socket].address, probes[socket].port);
    hang_up(socket);
  } else {
    close(socket);
  }
}

static void expire(double now) {
  while (oldest >= 0 && probes[oldest].due_ms <= now) {
    int socket = oldest;
    forget(socket);
    close(socket);
  }
}

/* Until when epoll_wait may sleep: 0 while there is room for more. */
static int patience(int more) {
  if (more || oldest < 0) return 0;
  double left = probes[oldest].due_ms - now_ms();
  return left < 0 ? 0 : (int)left + 1;
}

int main(int count, char **arguments) {
  static uint16_t ports[MOST_PORTS];
  int port_count = 0, prefix = 32;
  char network[32];
  struct in_addr base;
  if (count != 5 || sscanf(arguments[4], "%31[0-9.]/%d", network, &prefix) < 1 || prefix < 1 || prefix > 32 ||
      !inet_aton(network, &base)) {
    fprintf(stderr, "usage: epoll-scan WINDOW DEADLINE_MS PORT[,PORT...] NETWORK/PREFIX\n");
    return 2;
  }
  int window = atoi(arguments[1]);
  double deadline_ms = atof(arguments[2]);
  char *at = arguments[3];
  while (*at != 0 && port_count < MOST_PORTS) {
    ports[port_count++] = (uint16_t)strtoul(at, &at, 10);
    if (*at != 0) at++;
  }

  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  if (window > (int)files.rlim_cur - 16) window = (int)files.rlim_cur - 16;
  probes = calloc(files.rlim_cur, sizeof *probes);
  queue = epoll_create1(0);
  if (probes == NULL || queue < 0) fail("start");

  uint64_t hosts = (uint64_t)1 << (32 - prefix), all = hosts * port_count, next = 0;
  uint32_t first = ntohl(base.s_addr);
  struct epoll_event events[BATCH];
  while (next < all || pending > 0) {
    double now = now_ms();
    for (int begun = 0; begun < BATCH && pending < window && next < all; begun++, next++) {
      begin(first + (uint32_t)(next % hosts), ports[next / hosts], now + deadline_ms);
    }
    int ended = epoll_wait(queue, events, BATCH, patience(pending < window && next < all));
    for (int each = 0; each < ended; each++) finish(events[each].data.fd);
    /* After the answers: an answer that came while this program was busy is not late. */
    if (ended < BATCH) expire(now_ms());
  }
  return 0;
}
