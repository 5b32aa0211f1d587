import { bandit } from './bandit.ts';
import { eslint } from './eslint.ts';
import { gitleaks } from './gitleaks.ts';
import { hadolint } from './hadolint.ts';
import { npmAudit } from './npm-audit.ts';
import { pipAudit } from './pip-audit.ts';
import { safety } from './safety.ts';
import { sarif } from './sarif.ts';
import { semgrep } from './semgrep.ts';
import { snyk } from './snyk.ts';
import type { Tool } from './tool.ts';
import { trivy } from './trivy.ts';
import { yarnAudit } from './yarn-audit.ts';
import { zapBaseline } from './zap-baseline.ts';

/** All adapters; SARIF first, which says what it is. */
export const tools: readonly Tool[] = [
  sarif,
  bandit,
  eslint,
  gitleaks,
  hadolint,
  npmAudit,
  pipAudit,
  safety,
  semgrep,
  snyk,
  trivy,
  yarnAudit,
  zapBaseline,
];
