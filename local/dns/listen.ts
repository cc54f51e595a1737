import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Question, Reply } from './reply.ts';
import { readQuery, writeReply } from './wire.ts';

export type Respond = (question: Question) => Promise<Reply>;

export interface Listener {
  address: string;
  port: number;
  close(): Promise<void>;
}

/** Answers DNS over TCP and UDP on one port of `address`; `port` 0 takes a free one. Rejects with the system's error. */
export async function listen(address: string, port: number, respond: Respond): Promise<Listener> {
  const connections = new Set<Socket>();
  const tcp = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket)).on('error', () => socket.destroy());
    answerStream(socket, respond);
  });
  await once(tcp.listen(port, address), 'listening');
  const bound = (tcp.address() as AddressInfo).port;
  const udp = createSocket('udp4');
  udp.on('message', (bytes, peer) => {
    const send = (reply: Buffer) => udp.send(reply, peer.port, peer.address, () => {});
    answer(bytes, respond, true).then(
      (reply) => reply && send(reply),
      () => {},
    );
  });
  try {
    await once(udp.bind(bound, address), 'listening');
  } catch (error) {
    tcp.close();
    throw error;
  }
  return { address, port: bound, close: () => closeAll(tcp, udp, connections) };
}

async function answer(bytes: Buffer, respond: Respond, udp: boolean): Promise<Buffer | undefined> {
  const query = readQuery(bytes);
  return query && writeReply(query, await respond(query.question), { udp });
}

/** RFC 1035, 4.2.2: each message has its length before it, and one connection may carry many. */
function answerStream(socket: Socket, respond: Respond): void {
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
      const end = 2 + pending.readUInt16BE(0);
      const message = pending.subarray(2, end);
      pending = pending.subarray(end);
      answer(message, respond, false).then(
        (reply) => reply && writeMessage(socket, reply),
        () => socket.destroy(),
      );
    }
  });
}

function writeMessage(socket: Socket, message: Buffer): void {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  if (!socket.destroyed) socket.write(Buffer.concat([length, message]));
}

async function closeAll(tcp: Server, udp: UdpSocket, connections: Set<Socket>): Promise<void> {
  const closed = [once(tcp, 'close'), once(udp, 'close')];
  tcp.close();
  udp.close();
  for (const connection of connections) connection.destroy();
  await Promise.all(closed);
}
