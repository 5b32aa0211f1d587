import type { Recorder } from './audit/recorder.ts';
import type { Addresses } from './mcp/addresses.ts';
import type { McpDoor } from './mcp/door.ts';
import type { McpServices } from './mcp/routes.ts';
import type { MemoryService } from './memories/service.ts';
import { refusal } from './refusals.ts';

interface Slices {
  memories: MemoryService;
}

/** MCP with what every slice offers there. It is made at the first call: it would be a quarter of every start. */
export function mcpServices(addresses: Addresses, recorder: Recorder, slices: Slices): McpServices {
  let made: Promise<McpDoor> | undefined;
  return {
    addresses,
    mcp: () => {
      made ??= makeDoor(slices);
      return made;
    },
    refused: (request, error) => refusal(recorder, request, error),
  };
}

async function makeDoor({ memories }: Slices): Promise<McpDoor> {
  const [{ McpDoor }, { memoryTools }, { memoryResources }, { memoryPrompts }, { reflectionTools }] =
    await Promise.all([
      import('./mcp/door.ts'),
      import('./memories/tools.ts'),
      import('./memories/resources.ts'),
      import('./memories/prompts.ts'),
      import('./reflection/tools.ts'),
    ]);
  return new McpDoor({
    tools: [...memoryTools(memories), ...reflectionTools(memories)],
    resources: [memoryResources(memories)],
    prompts: memoryPrompts(memories),
  });
}
