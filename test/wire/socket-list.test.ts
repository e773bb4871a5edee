import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatAddress } from "../../src/wire/address.ts";
import { listeningTcpSocket, listeningUnixSocket } from "../../src/wire/socket-list.ts";

const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1001 1 0000000000000000 100 0 0 10 0
   1: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1002 1 0000000000000000 100 0 0 10 0
   2: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 1003 1 0000000000000000 100 0 0 10 0
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:01BB 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2001 1 0000000000000000 100 0 0 10 0
   1: 0000000000000000FFFF00000100007F:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2002 1 0000000000000000 100 0 0 10 0
   2: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2003 1 0000000000000000 100 0 0 10 0
`;
const UNIX = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 3001 /run/lb-tcp/web.sock
0000000000000000: 00000002 00000000 00010000 0001 01 3002 /run/my app/a.sock
0000000000000000: 00000003 00000000 00000000 0001 03 3003 /run/lb-tcp/web.sock
0000000000000000: 00000002 00000000 00010000 0005 01 3004 /run/packets
0000000000000000: 00000002 00000000 00010000 0001 01 3005 @abstract
0000000000000000: 00000002 00000000 00010000 0001 01 3006
`;

describe("listeningTcpSocket", () => {
  const found: readonly (readonly [text: string, inode: string, address: string])[] = [
    [TCP, "1001", "127.0.0.1:8080"],
    [TCP, "1002", "0.0.0.0:80"],
    [TCP6, "2001", "[::]:443"],
    [TCP6, "2002", "127.0.0.1:80"],
    [TCP6, "2003", "[2001:db8::1]:80"],
  ];
  for (const [text, inode, address] of found) {
    it(`finds ${address}`, () => {
      const socket = listeningTcpSocket(text, inode);
      assert.equal(socket && formatAddress(socket), address);
    });
  }

  it("is undefined for what is connected, what is not there, and what is no list", () => {
    for (const inode of ["1003", "100", "9", "1001 "]) assert.equal(listeningTcpSocket(TCP, inode), undefined);
    for (const text of ["", "\n", "1 2 3", "head\n0: zz:1 0:0 0A 0 0 0 0 0 9"]) {
      assert.equal(listeningTcpSocket(text, "9"), undefined);
    }
  });
});

describe("listeningUnixSocket", () => {
  it("finds paths, spaces included", () => {
    assert.deepEqual(listeningUnixSocket(UNIX, "3001"), { kind: "unix", path: "/run/lb-tcp/web.sock" });
    assert.deepEqual(listeningUnixSocket(UNIX, "3002"), { kind: "unix", path: "/run/my app/a.sock" });
  });

  it("is undefined for what is connected, no stream, or has no path", () => {
    for (const inode of ["3003", "3004", "3005", "3006", "1"])
      assert.equal(listeningUnixSocket(UNIX, inode), undefined);
  });
});
