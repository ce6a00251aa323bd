/* The floor of a fan-out: one thread that sends one prebuilt WebSocket frame to every socket it holds.
 *
 * send_loop PORT: screens connect to PORT and are accepted without a look at their key; frames are published to
 * PORT + 1 as a little-endian u32 length and the payload, each answered with one byte. */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SCREENS = 4096, FRAME = 1 << 20 };
static const char ACCEPTED[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: unchecked\r\n\r\n";

static int listening(int port) {
  int line = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(line, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(line, (struct sockaddr *)&at, sizeof at) || listen(line, 1024)) exit(1);
  return line;
}

static int receive_all(int line, unsigned char *into, size_t size) {
  while (size) {
    ssize_t got = recv(line, into, size, 0);
    if (got <= 0) return 0;
    into += got;
    size -= got;
  }
  return 1;
}

static void send_all(int line, const unsigned char *from, size_t size) {
  while (size) {
    ssize_t sent = send(line, from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
      struct pollfd wait = {line, POLLOUT, 0};
      if (errno != EAGAIN) return;
      poll(&wait, 1, 1000);
      continue;
    }
    from += sent;
    size -= sent;
  }
}

int main(int count, char **words) {
  static int screens[SCREENS];
  static unsigned char frame[FRAME];
  int port = count > 1 ? atoi(words[1]) : 0, held = 0, yes = 1;
  int publishers = listening(port + 1); /* first: who finds the screens' port open may publish */
  struct pollfd doors[3] = {{listening(port), POLLIN, 0}, {publishers, POLLIN, 0}, {-1, POLLIN, 0}};
  for (;;) {
    poll(doors, 3, -1);
    if (doors[0].revents && held < SCREENS) {
      unsigned char asked[4096];
      int screen = accept(doors[0].fd, 0, 0);
      setsockopt(screen, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      if (recv(screen, asked, sizeof asked, 0) > 0) {
        send_all(screen, (const unsigned char *)ACCEPTED, sizeof ACCEPTED - 1);
        screens[held++] = screen;
      }
    }
    if (doors[1].revents) doors[2].fd = accept(doors[1].fd, 0, 0);
    if (doors[2].revents) {
      uint32_t size; /* a frame of 126 to 65,535 bytes: its head has four */
      if (!receive_all(doors[2].fd, (unsigned char *)&size, 4) || size > 65535) return 0;
      frame[0] = 0x82, frame[1] = 126, frame[2] = size >> 8, frame[3] = size & 255;
      if (!receive_all(doors[2].fd, frame + 4, size)) return 0;
      for (int i = 0; i < held; i++) send_all(screens[i], frame, size + 4);
      send(doors[2].fd, "k", 1, MSG_NOSIGNAL);
    }
  }
}
