/*
 * A long, narrow line between two network namespaces: a TUN device at either end, and between them time.
 *
 *   delay-line FAR_NAMESPACE ONE_WAY_MS PACKETS_A_SECOND QUEUE_MS
 *
 * The near device is `line0`, in the namespace this starts in; the far one `line1`, in FAR_NAMESPACE (a path). Each
 * packet takes ONE_WAY_MS. On the way there they also leave one after the other, PACKETS_A_SECOND at most: what
 * comes faster waits, and what would wait longer than QUEUE_MS is dropped, as a router with a large buffer does it.
 * Prints `ready`, and works until its standard input ends. Then it prints how long the longest wait was, in
 * milliseconds, how many packets it took and how many it dropped.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define SLOTS 16384
#define MOST_BYTES 1500

struct packet {
  double due_ms;
  int size;
  char bytes[MOST_BYTES];
};

/* One direction: what is on its way, in the order in which it arrives. */
struct lane {
  int from, to;
  struct packet *ring;
  unsigned first, end;
  double gap_ms;     /* between two packets that leave; 0 where there is no limit */
  double free_at_ms; /* when the next one may leave */
};

static double one_way_ms, queue_ms, longest_ms = 0;
static long dropped = 0, passed = 0;

static double now_ms(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

static void fail(const char *what) {
  fprintf(stderr, "delay-line: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int open_tun(const char *name) {
  int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  if (device < 0) fail("/dev/net/tun");
  struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (ioctl(device, TUNSETIFF, &request) < 0) fail(name);
  return device;
}

static void enter(const char *namespace) {
  int file = open(namespace, O_RDONLY);
  if (file < 0 || setns(file, CLONE_NEWNET) < 0) fail(namespace);
  close(file);
}

/* Takes in all that waits at one end. */
static void take(struct lane *lane) {
  while (lane->end - lane->first < SLOTS) {
    struct packet *packet = &lane->ring[lane->end % SLOTS];
    int size = read(lane->from, packet->bytes, MOST_BYTES);
    if (size <= 0) return;
    double now = now_ms(), leaves = lane->free_at_ms > now ? lane->free_at_ms : now;
    if (leaves - now > queue_ms) {
      dropped++;
      continue;
    }
    if (leaves - now > longest_ms) longest_ms = leaves - now;
    lane->free_at_ms = leaves + lane->gap_ms;
    packet->size = size;
    packet->due_ms = leaves + one_way_ms;
    lane->end++;
    passed++;
  }
}

/* Hands over what has arrived. A packet that the other end does not take is lost, as on any line. */
static void give(struct lane *lane) {
  double now = now_ms();
  for (; lane->first != lane->end; lane->first++) {
    struct packet *packet = &lane->ring[lane->first % SLOTS];
    if (packet->due_ms > now) return;
    if (write(lane->to, packet->bytes, packet->size) < 0) dropped++;
  }
}

static struct timespec until_due(const struct lane *lanes) {
  double wait_ms = 1000, now = now_ms();
  for (int each = 0; each < 2; each++) {
    if (lanes[each].first == lanes[each].end) continue;
    double left = lanes[each].ring[lanes[each].first % SLOTS].due_ms - now;
    if (left < wait_ms) wait_ms = left < 0 ? 0 : left;
  }
  return (struct timespec){ (time_t)(wait_ms / 1e3), (long)(wait_ms * 1e6) % 1000000000 };
}

int main(int count, char **arguments) {
  if (count != 5) {
    fprintf(stderr, "usage: delay-line FAR_NAMESPACE ONE_WAY_MS PACKETS_A_SECOND QUEUE_MS\n");
    return 2;
  }
  int near = open_tun("line0");
  enter(arguments[1]);
  int far = open_tun("line1");
  one_way_ms = atof(arguments[2]);
  queue_ms = atof(arguments[4]);
  struct lane lanes[2] = { { near, far, calloc(SLOTS, sizeof(struct packet)), 0, 0, 1e3 / atof(arguments[3]), 0 },
                           { far, near, calloc(SLOTS, sizeof(struct packet)), 0, 0, 0, 0 } };
  if (lanes[0].ring == NULL || lanes[1].ring == NULL) fail("memory");
  printf("ready\n");
  fflush(stdout);
  for (;;) {
    struct pollfd ends[3] = { { near, POLLIN, 0 }, { far, POLLIN, 0 }, { 0, POLLIN, 0 } };
    struct timespec wait = until_due(lanes);
    if (ppoll(ends, 3, &wait, NULL) < 0) fail("poll");
    for (int each = 0; each < 2; each++) take(&lanes[each]);
    for (int each = 0; each < 2; each++) give(&lanes[each]);
    if (ends[2].revents != 0) break;
  }
  printf("%.0f %ld %ld\n", longest_ms, passed, dropped);
  return 0;
}
