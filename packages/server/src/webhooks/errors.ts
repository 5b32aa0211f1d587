/** A webhook that is not there, or another namespace's: the same words for both. */
export class WebhookError extends Error {
  readonly code = 'not_found';

  constructor(what: 'webhook' | 'project' = 'webhook') {
    super(`There is no such ${what} in this namespace.`);
    this.name = 'WebhookError';
  }
}
