// Numbers of the kernel's interface, the same on x64 and arm64. Names as in the headers, so that they can be looked up.

// sys/epoll.h
export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_DEL = 2;
export const EPOLLIN = 0x1;
export const EPOLLPRI = 0x2;
export const EPOLLOUT = 0x4;
export const EPOLLERR = 0x8;
export const EPOLLHUP = 0x10;
export const EPOLLRDHUP = 0x2000;
export const EPOLLEXCLUSIVE = 0x1000_0000;
export const EPOLLET = 0x8000_0000;

// sys/socket.h
export const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_NONBLOCK = 0x800;
export const SOCK_CLOEXEC = 0x80000;
export const MSG_PEEK = 0x2;
export const MSG_NOSIGNAL = 0x4000;
export const MSG_MORE = 0x8000;
export const SHUT_WR = 1;
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_ERROR = 4;
export const SO_KEEPALIVE = 9;
export const SO_LINGER = 13;
export const SO_REUSEPORT = 15;
export const SO_ATTACH_FILTER = 26;

// netinet/in.h, netinet/tcp.h
export const IPPROTO_IP = 0;
export const IPPROTO_TCP = 6;
export const IPPROTO_IPV6 = 41;
export const IP_BIND_ADDRESS_NO_PORT = 24;
export const IPV6_V6ONLY = 26;
export const TCP_NODELAY = 1;
export const TCP_KEEPIDLE = 4;
export const TCP_KEEPINTVL = 5;
export const TCP_KEEPCNT = 6;
export const TCP_QUICKACK = 12;
export const TCP_USER_TIMEOUT = 18;

// fcntl.h, sys/eventfd.h
export const O_NONBLOCK = 0x800;
export const O_CLOEXEC = 0x80000;
export const F_SETFL = 4;
export const F_DUPFD_CLOEXEC = 1030;
export const F_SETPIPE_SZ = 1031;
export const SPLICE_F_MOVE = 1;
export const SPLICE_F_NONBLOCK = 2;

// linux/sockios.h
export const SIOCOUTQNSD = 0x894b;

// errno.h
export const EINTR = 4;
export const EAGAIN = 11;
export const EINPROGRESS = 115;
