import type { Problem } from '../http/problem.ts';

/** Python's client reads `detail`, the platform's own bodies have `error`; `code` is this product's. */
export const presentMem0Error = ({ detail, code, request_id }: Problem) => ({
  detail,
  error: detail,
  code,
  request_id,
});

/** Where a limit turns a caller away, this door's answers tell of it in `X-RateLimit-*`. */
const door = { present: presentMem0Error, showLimit: true } as const;

/** What a route of this door says of itself: the permission that it asks for, and how its errors look. */
export const mem0Access = {
  authenticated: { config: { access: 'authenticated', ...door } },
  read: { config: { access: 'memories:read', ...door } },
  write: { config: { access: 'memories:write', ...door } },
  remove: { config: { access: 'memories:delete', ...door } },
  changeProject: { config: { access: 'projects:write', ...door } },
  manageWebhooks: { config: { access: 'webhooks:manage', ...door } },
} as const;
