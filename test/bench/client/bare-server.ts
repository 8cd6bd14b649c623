/** A WebSocket server that sends back what it gets, and nothing else: what the transport alone costs. */
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) => socket.on('message', (data: Buffer) => socket.send(data)));
server.on('listening', () => process.send!((server.address() as { port: number }).port));
process.once('disconnect', () => process.exit());
