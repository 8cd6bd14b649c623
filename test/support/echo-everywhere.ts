/**
 * `echo-everywhere.ts PORT [RESOLVER]`: answers on every address of its network namespace by TCP (`reached ADDRESS`), and at
 * RESOLVER by DNS: names of the form `a-B-C-D-E.test` have the address B.C.D.E. Run by world.ts.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

const [, , port, resolver] = process.argv;
const DNS_HEADER = 12;
const DNS_ANSWER = Buffer.from('c00c00010001000000010004', 'hex');

const tcp = createServer((socket) => {
  socket.on('error', () => {});
  socket.on('data', (bytes) => socket.write(bytes));
  socket.write(`reached ${socket.localAddress?.replace('::ffff:', '')}\n`);
});
tcp.listen(Number(port), '::', () => process.stdout.write('ready\n'));

const dns = createSocket('udp4', (question, from) => dns.send(answerTo(question), from.port, from.address));
if (resolver !== undefined) dns.bind(53, resolver);

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
