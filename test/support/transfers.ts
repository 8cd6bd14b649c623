/** What a page loads, by the browser's own account of its network. */
import type { Page } from 'playwright-core';

interface Transfer {
  url: string;
  /** As the browser calls it: Document, Script, Font, … */
  type: string;
  /** Compression that the server chose; empty where it chose none. */
  encoding: string;
  /** What came through the line for it, headers included; undefined until it has come to an end. */
  bytes: number | undefined;
  /** Asked for after the first output of a terminal had come: it holds up no prompt. */
  afterOutput: boolean;
}

/** A binary frame, by RFC 6455: output of a terminal, while texts are the server's messages. */
const BINARY = 2;

export class TransferLog {
  /** Addresses asked for, WebSockets among them. */
  readonly asked: string[] = [];
  private readonly transfers = new Map<string, Transfer>();
  private outputCame = false;

  /** From now on. */
  static async of(page: Page): Promise<TransferLog> {
    const log = new TransferLog();
    const network = await page.context().newCDPSession(page);
    network.on('Network.webSocketCreated', ({ url }) => log.asked.push(url));
    network.on('Network.webSocketFrameReceived', ({ response }) => (log.outputCame ||= response.opcode === BINARY));
    network.on('Network.requestWillBeSent', ({ requestId, type = 'Other', request: { url } }) => {
      log.asked.push(url);
      log.transfers.set(requestId, { url, type, encoding: '', bytes: undefined, afterOutput: log.outputCame });
    });
    network.on('Network.responseReceived', ({ requestId, response }) => {
      const name = Object.keys(response.headers).find((header) => header.toLowerCase() === 'content-encoding');
      const transfer = log.transfers.get(requestId);
      if (transfer !== undefined && name !== undefined) transfer.encoding = response.headers[name]!;
    });
    network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      const transfer = log.transfers.get(requestId);
      if (transfer !== undefined) transfer.bytes = encodedDataLength;
    });
    await network.send('Network.enable');
    return log;
  }

  /** Of a type, in the order in which they were asked for. */
  of(type: string): Transfer[] {
    return [...this.transfers.values()].filter((transfer) => transfer.type === type);
  }
}
