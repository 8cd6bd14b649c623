/** How many times slower than a machine of two processors this one is: 1, or what the run says (test/vm: emulation). */
export const PATIENCE = Number(process.env['TEST_PATIENCE'] ?? 1);
