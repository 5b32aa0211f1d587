import { describe, expect, it } from 'vitest';
import { scan } from '../scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { providerRows } from './providers.ts';

const providerIds = new Set(providerRows.map(({ id }) => id));
const random = makeTokens(4242);
const lower = 'abcdefghijklmnopqrstuvwxyz0123456789';
const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const uuid = () => [8, 4, 4, 4, 12].map((length) => random.hex(length)).join('-');

/** Written from the providers' pages and not from the rows, so that a slip in a row is seen. */
const documented: Readonly<Record<string, string>> = {
  'digitalocean-token': `dop_v1_${random.hex(64)}`,
  'docker-hub-token': `dckr_pat_${random.body(27)}`,
  'pypi-token': `pypi-AgEIcHlwaS5vcmc${random.body(150)}`,
  'rubygems-key': `rubygems_${random.hex(48)}`,
  'crates-io-token': `cio${random.body(32)}`,
  'nuget-key': `oy2${random.body(43, lower)}`,
  'packagist-token': `packagist_uut_${random.hex(68)}`,
  'google-oauth-client-secret': `GOCSPX-${random.body(28)}`,
  'vault-token': `hvs.${random.body(95)}`,
  'pulumi-token': `pul-${random.hex(40)}`,
  'doppler-token': `dp.pt.${random.body(43)}`,
  'heroku-key': `HRKU-${uuid()}`,
  'terraform-cloud-token': `${random.body(14)}.atlasv1.${random.body(67)}`,
  'azure-client-secret': `a7x8Q~${random.body(34)}`.slice(0, 40),
  'cloudflare-token': `cfut_${random.body(40)}${random.hex(8)}`,
  'cloudflare-origin-ca-key': `v1.0-${random.hex(24)}-${random.hex(146)}`,
  'databricks-token': `dapi${random.hex(32)}`,
  'planetscale-token': `pscale_pw_${random.body(43)}`,
  'supabase-token': `sbp_${random.hex(40)}`,
  'grafana-token': `glsa_${random.body(32)}_${random.hex(8)}`,
  'newrelic-key': `NRAK-${random.body(27, base32)}`,
  'sentry-user-token': `sntryu_${random.hex(64)}`,
  'dynatrace-token': `dt0c01.${random.body(24, base32)}.${random.body(64, base32)}`,
  'honeycomb-key': `hcaik_${random.body(58, lower)}`,
  'launchdarkly-key': `sdk-${uuid()}`,
  'sonarqube-token': `squ_${random.hex(40)}`,
  'circleci-token': `CCIPAT_${random.body(22)}_${random.hex(40)}`,
  'buildkite-token': `bkua_${random.hex(40)}`,
  'harness-token': `pat.${random.body(22)}.${random.hex(24)}.${random.body(20)}`,
  'tailscale-key': `tskey-auth-k${random.body(11)}CNTRL-${random.body(33)}`,
  'airtable-token': `pat${random.body(14)}.${random.hex(64)}`,
  'openshift-token': `sha256~${random.body(43)}`,
  'docker-swarm-token': `SWMTKN-1-${random.body(50, lower)}-${random.body(25, lower)}`,
  'astra-token': `AstraCS:${random.body(24)}:${random.hex(64)}`,
  'yandex-api-key': `AQVN${random.body(36)}`,
  'alibaba-access-key': `LTAI5t${random.body(18)}`,
};

describe('a documented format of infrastructure', () => {
  it.each(Object.entries(documented))('%s is found and named', (id, value) => {
    const found = scan(`value "${value}" of it`);
    expect(found.map(({ ruleId, start, end }) => [ruleId, end - start])).toEqual([[id, value.length]]);
  });

  it.each([
    ['azure-account-key', `AccountName=a;AccountKey=${random.body(86)}==;EndpointSuffix=core.windows.net`],
    ['azure-shared-access-key', `Endpoint=sb://a/;SharedAccessKeyName=b;SharedAccessKey=${random.body(43)}=`],
    ['azure-sas-signature', `https://a.blob.core.windows.net/b?sv=2022-11-02&sp=r&sig=${random.body(43)}%3D`],
    ['datadog-key', `DD_API_KEY=${random.hex(32)}`],
    ['fastly-token', `Fastly-Key: ${random.body(32)}`],
    ['linode-token', `export LINODE_TOKEN=${random.hex(64)}`],
    ['algolia-key', `algolia: { apiKey: '${random.hex(32)}' }`],
    ['wireguard-private-key', `[Interface]\nPrivateKey = ${random.body(42)}g=\n`],
    ['kubeadm-token', `kubeadm join 10.0.0.1:6443 --token ${random.hex(6)}.${random.hex(16)}`],
    ['okta-token', `Authorization: SSWS 00${random.body(40)}`],
  ])('%s is found by its surroundings', (id, text) => {
    expect(scan(text).map(({ ruleId }) => ruleId)).toContain(id);
  });
});

describe('what only looks like infrastructure', () => {
  it.each([
    ['the published key of the storage emulator', `AccountKey=Eby8vdM0${random.body(78)}==`],
    ['a page id in a URL', `https://notes.test/API-${random.hex(32).toUpperCase()}`],
    ['a commit beside a provider', `jenkins commit ${random.hex(40)}`],
    ['a digest of an image', `docker.io/a@sha256:${random.hex(64)}`],
    ['a reference to a variable', 'DD_API_KEY=$DD_API_KEY fastly_token = var.fastly_token'],
    ['a UUID of an object', `"heroku_app_id": "${uuid()}"`],
    ['code with dots', 'user.pat.resolve(hawk.path).sat.list(ser.value)'],
  ])('%s is no finding', (_name, text) => {
    const found = scan(text).map(({ ruleId }) => ruleId);
    expect(found.filter((id) => providerIds.has(id))).toEqual([]);
  });
});
