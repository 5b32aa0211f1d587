/** A request as its signature sees it; nothing here was decoded or normalized. */
export interface SignedRequest {
  method: string;
  /** Absolute, without a fragment; the server decides scheme and authority. */
  targetUri: string;
  /** As on the wire: path and query. */
  requestTarget: string;
  /** Names and values in turn, as they came: what `headers` merges or drops was signed too. */
  rawHeaders: readonly string[];
}
