export { verifyFile as verifyExport } from './audit/bundles/verify.ts';
export { verifyProof } from './audit/proofs/verify-proof.ts';
export { bundleAudit } from './audit-bundle.ts';
export { exportAudit } from './audit-export.ts';
export { type Config, ConfigError, loadConfig } from './config.ts';
export { type Initialised, initialise, type RunningServer, startServer } from './main.ts';
export {
  type FolderAccess,
  type OperatorAccess,
  type OperatorAnswer,
  openFolderAccess,
  openOperatorAccess,
} from './operator-access.ts';
