import type { ToolCaller } from './tool.ts';

/** A resource as `resources/list` shows it. */
export interface ListedResource {
  uri: string;
  name: string;
  title: string;
  description: string;
  mimeType: string;
}

/** The resources of a slice: what lies within a caller's reach. */
export interface Resources {
  readonly templates: readonly (Omit<ListedResource, 'uri'> & { uriTemplate: string })[];
  list(caller: ToolCaller): ListedResource[];
  /**
   * What a resource holds, as JSON. Undefined for one that does not exist: the same for what is out of reach.
   * @throws what the service throws
   */
  read(caller: ToolCaller, uri: string): Promise<object | undefined>;
}
