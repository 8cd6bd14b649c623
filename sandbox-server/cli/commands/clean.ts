import type { Command } from '../command.ts';
export const command: Command = { name: 'clean', summary: '', flags: {}, run: async () => 0 };
