import type { FastifyInstance } from 'fastify';
import { emailRoutes } from './accounts/email/routes.ts';
import { invitationRoutes } from './accounts/invitations/routes.ts';
import { linkRoutes } from './accounts/link-routes.ts';
import { accountRoutes } from './accounts/routes.ts';
import { userRoutes } from './accounts/users/routes.ts';
import { apiKeyRoutes } from './api-keys/routes.ts';
import { exportRoutes } from './audit/exports/routes.ts';
import { holdRoutes } from './audit/holds/routes.ts';
import { proofRoutes } from './audit/proofs/routes.ts';
import { auditQueryRoutes } from './audit/queries/routes.ts';
import { signingKeyRoutes } from './audit/signing-keys/routes.ts';
import { canaryRoutes } from './canaries/routes.ts';
import { clusterRoutes } from './clusters/routes.ts';
import type { ClusterService } from './clusters/service.ts';
import { mem0Routes } from './compat/mem0-routes.ts';
import type { EvidenceServices } from './evidence.ts';
import { metricsRoutes } from './health/metrics-routes.ts';
import { healthRoutes } from './health/routes.ts';
import type { HealthService } from './health/service.ts';
import type { Identity } from './identity.ts';
import { memoryRoutes } from './memories/routes.ts';
import type { MemoryService } from './memories/service.ts';
import { namespaceRoutes } from './namespaces/routes.ts';
import { policyRoutes } from './policies/routes.ts';
import type { PolicyService } from './policies/service.ts';
import { certificateRoutes } from './sessions/certificates/routes.ts';
import { mfaRoutes } from './sessions/mfa/routes.ts';
import { sessionRoutes } from './sessions/routes.ts';
import { tokenKeyRoutes } from './sessions/token-keys/routes.ts';

export interface Services {
  health: HealthService;
  identity: Identity;
  evidence: EvidenceServices;
  memories: MemoryService;
  clusters: ClusterService;
  policies: PolicyService;
}

/** Every door of the service: the routes, slice by slice. */
export function openDoors(app: FastifyInstance, services: Services): void {
  const { health, identity, evidence, memories, clusters, policies } = services;
  healthRoutes(app, health);
  metricsRoutes(app, evidence.watch);
  accountRoutes(app, identity);
  emailRoutes(app, identity);
  linkRoutes(app);
  invitationRoutes(app, identity);
  userRoutes(app, identity);
  sessionRoutes(app, identity);
  mfaRoutes(app, identity);
  tokenKeyRoutes(app, identity);
  certificateRoutes(app, identity);
  apiKeyRoutes(app, identity);
  namespaceRoutes(app, identity);
  memoryRoutes(app, memories);
  mem0Routes(app, memories);
  clusterRoutes(app, clusters);
  auditQueryRoutes(app, evidence);
  signingKeyRoutes(app, evidence);
  proofRoutes(app, evidence);
  exportRoutes(app, evidence);
  holdRoutes(app, evidence);
  canaryRoutes(app, evidence);
  policyRoutes(app, { policies });
}
