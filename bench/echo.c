// SPDX-License-Identifier: Apache-2.0
// The least that answers a POST over HTTP/1.1: one thread, epoll, no allocation per request; 201 and its body's length.
// Usage: echo PORT. Requests are taken to be what wrk sends: one at a time per connection, with a Content-Length.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { CONNECTIONS = 4096, ROOM = 16384 };
static char rooms[CONNECTIONS][ROOM];
static int filled[CONNECTIONS];

static int whole(const char *text, int size, int *body) {
    const char *end = memmem(text, size, "\r\n\r\n", 4);
    if (!end) return 0;
    *body = 0;
    for (const char *line = text; line < end;) {
        const char *next = memmem(line, end + 2 - line, "\r\n", 2);
        if (!strncasecmp(line, "content-length:", 15)) *body = atoi(line + 15);
        line = next + 2;
    }
    return end + 4 - text + *body <= size;
}

static void answer(int epoll, int socket) {
    char *room = rooms[socket], said[256];
    int got = read(socket, room + filled[socket], ROOM - 1 - filled[socket]), body;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, socket, NULL);
        close(socket);
        return;
    }
    filled[socket] += got;
    if (!whole(room, filled[socket], &body)) return;
    filled[socket] = 0;
    int size = snprintf(said, sizeof said,
        "HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n{\"length\":%06d}", 17, body);
    if (write(socket, said, size) != size) close(socket);
}

int main(int count, char **given) {
    int port = count == 2 ? atoi(given[1]) : 0, on = 1;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), epoll = epoll_create1(0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&at, sizeof at) || listen(listener, 1024)) return perror("echo"), 1;
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = listener}, came[256];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &wanted);
    for (;;) {
        int n = epoll_wait(epoll, came, 256, -1);
        for (int i = 0; i < n; i++) {
            if (came[i].data.fd != listener) {
                answer(epoll, came[i].data.fd);
                continue;
            }
            int fresh = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (fresh < 0) continue;
            if (fresh >= CONNECTIONS) {
                close(fresh);
                continue;
            }
            filled[fresh] = 0;
            setsockopt(fresh, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            struct epoll_event one = {.events = EPOLLIN, .data.fd = fresh};
            epoll_ctl(epoll, EPOLL_CTL_ADD, fresh, &one);
        }
    }
}
