export type ClusterErrorCode = 'not_found' | 'stale_version' | 'cluster_exists';

const MESSAGES: Record<ClusterErrorCode, string> = {
  not_found: 'There is no such cluster.',
  stale_version: 'The cluster has changed since: read it again, then change its new version.',
  cluster_exists: 'This user has a cluster of this topic and category already: change that one.',
};

export class ClusterError extends Error {
  readonly code: ClusterErrorCode;

  constructor(code: ClusterErrorCode, message = MESSAGES[code]) {
    super(message);
    this.name = 'ClusterError';
    this.code = code;
  }
}
