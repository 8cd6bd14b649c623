/**
 * `echo-everywhere.ts PORT`: answers on every address of its network namespace, by TCP (`reached ADDRESS`) and by UDP, and
 * to DNS questions for names of the form `a-B-C-D.test` with the address A.B.C.D. Run by world.ts.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const port = Number(process.argv[2]);
const DNS_HEADER = 12;
const DNS_ANSWER = Buffer.from('c00c00010001000000010004', 'hex');

const tcp = createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', (bytes) => socket.write(bytes));
  socket.write(`reached ${socket.localAddress?.replace('::ffff:', '')}\n`);
});
tcp.listen(port, '::', () => process.stdout.write('ready\n'));

const udp = createSocket('udp6', (message, from) => udp.send(message, from.port, from.address));
udp.bind(port, '::');

const dns = createSocket('udp6', (question, from) => dns.send(answerTo(question), from.port, from.address));
dns.bind(53, '::');

/** Of one question: its labels begin behind the header, each after its length. */
function answerTo(question: Buffer): Buffer {
  const first = question.subarray(DNS_HEADER + 1, DNS_HEADER + 1 + question[DNS_HEADER]!).toString('latin1');
  const address = /^a-(\d+)-(\d+)-(\d+)-(\d+)$/.exec(first)?.slice(1).map(Number);
  const end = question.indexOf(0, DNS_HEADER) + 5;
  const asksForIPv4 = question.readUInt16BE(end - 4) === 1;
  const header = Buffer.from(question.subarray(0, DNS_HEADER));
  const found = address && asksForIPv4;
  header.writeUInt16BE(address ? 0x8180 : 0x8183, 2); // an answer; or: no such name
  header.writeUInt16BE(found ? 1 : 0, 6);
  header.writeUInt32BE(0, 8);
  const body = [header, question.subarray(DNS_HEADER, end)];
  return Buffer.concat(found ? [...body, DNS_ANSWER, Buffer.from(address)] : body);
}
