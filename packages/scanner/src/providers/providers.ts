import type { Rule } from '../rule.ts';
import { rows as agents } from './agents.ts';
import { rows as ai } from './ai.ts';
import { rows as aiTools } from './ai-tools.ts';
import { rows as alerting } from './alerting.ts';
import { rows as analytics } from './analytics.ts';
import { rows as automation } from './automation.ts';
import { rows as azure } from './azure.ts';
import { rows as chat } from './chat.ts';
import { rows as ci } from './ci.ts';
import { rows as clouds } from './clouds.ts';
import { rows as codeHosting } from './code-hosting.ts';
import { rows as commerce } from './commerce.ts';
import { rows as content } from './content.ts';
import { rows as databases } from './databases.ts';
import { rows as devices } from './devices.ts';
import { rows as featureFlags } from './feature-flags.ts';
import { rows as finance } from './finance.ts';
import { rows as hosting } from './hosting.ts';
import { rows as identifiers } from './identifiers.ts';
import { rows as identity } from './identity.ts';
import { rows as mail } from './mail.ts';
import { rows as maps } from './maps.ts';
import { rows as marketing } from './marketing.ts';
import { rows as media } from './media.ts';
import { rows as messaging } from './messaging.ts';
import { rows as monitoring } from './monitoring.ts';
import { rows as network } from './network.ts';
import { rows as orchestration } from './orchestration.ts';
import { rows as payments } from './payments.ts';
import { rows as productivity } from './productivity.ts';
import { ruleOf } from './provider-rule.ts';
import { rows as registries } from './registries.ts';
import type { ProviderRow } from './row.ts';
import { rows as secretStores } from './secret-stores.ts';
import { rows as sensors } from './sensors.ts';
import { rows as social } from './social.ts';
import { rows as support } from './support.ts';
import { rows as threatIntelligence } from './threat-intelligence.ts';

/** All provider rows, file by file; the order is of no meaning. */
export const providerRows: readonly ProviderRow[] = [
  ...ai,
  ...agents,
  ...aiTools,
  ...codeHosting,
  ...alerting,
  ...azure,
  ...ci,
  ...clouds,
  ...databases,
  ...featureFlags,
  ...hosting,
  ...identifiers,
  ...identity,
  ...monitoring,
  ...network,
  ...orchestration,
  ...registries,
  ...secretStores,
  ...analytics,
  ...automation,
  ...chat,
  ...commerce,
  ...content,
  ...devices,
  ...finance,
  ...mail,
  ...maps,
  ...marketing,
  ...media,
  ...messaging,
  ...payments,
  ...productivity,
  ...sensors,
  ...social,
  ...support,
  ...threatIntelligence,
];

/** Their rules, which `src/rules.ts` adds. */
export const providerRules: readonly Rule[] = providerRows.map(ruleOf);
