import type { Tool } from '../mcp/tool.ts';
import { changingTools } from './changing-tools.ts';
import { entityTools } from './entity-tools.ts';
import { readingTools } from './reading-tools.ts';
import type { MemoryService } from './service.ts';

/** The tools of mem0's hosted MCP server, and `list_memories` of MCP-MITM-Mem0. */
export function memoryTools(memories: MemoryService): Tool[] {
  return [...readingTools(memories), ...changingTools(memories), ...entityTools(memories)];
}
