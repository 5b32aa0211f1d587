export class ProjectError extends Error {
  readonly code = 'not_found';

  constructor() {
    super('There is no such project: org and project are both the id that /v1/ping/ answers.');
    this.name = 'ProjectError';
  }
}
