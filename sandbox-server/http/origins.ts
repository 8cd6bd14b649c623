/** Under which names the server is reached: all else is a foreign page, or a foreign name for us (DNS rebinding). */
export class Origins {
  private readonly origins = new Set<string>();
  private readonly hosts = new Set<string>();

  /** `urls`: origins such as `http://127.0.0.1:8080`. */
  constructor(urls: readonly string[] = []) {
    this.set(urls);
  }

  /** Replaces them: a server that takes any free port knows its names only once it listens. */
  set(urls: readonly string[]): void {
    this.origins.clear();
    this.hosts.clear();
    for (const url of urls.map((each) => new URL(each))) {
      this.origins.add(url.origin);
      this.hosts.add(url.host);
    }
  }

  get all(): string[] {
    return [...this.origins];
  }

  isOurs(origin: string | undefined): boolean {
    return origin !== undefined && this.origins.has(origin);
  }

  isOurHost(host: string | undefined): boolean {
    return host !== undefined && this.hosts.has(host.toLowerCase());
  }

  /**
   * The origins of our WebSockets, for a Content-Security-Policy: older browsers do not count ws: as 'self'. Policies
   * have no form for IPv6 addresses, so those rely on 'self'.
   */
  get sockets(): string {
    const names = [...this.origins].filter((origin) => !origin.includes('['));
    return names.map((origin) => origin.replace(/^http/, 'ws')).join(' ');
  }
}
