import { defineConfig } from 'vitest/config';

const blackBox = ['tests/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'packages',
          include: ['packages/*/src/**/*.test.ts'],
          // Far above what any takes: they end a test that hangs, and must not end one on a busy machine.
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
      {
        // Each file starts real servers: one after another, so that two cores are enough.
        test: {
          name: 'black-box',
          include: blackBox,
          globalSetup: ['tests/bundled-command.ts'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
