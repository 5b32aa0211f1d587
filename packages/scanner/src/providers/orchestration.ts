import type { ProviderRow } from './row.ts';

/** Clusters and container orchestrators. */
export const rows: readonly ProviderRow[] = [
  {
    id: 'openshift-token',
    title: 'OpenShift OAuth token',
    severity: 'critical',
    source:
      'https://docs.redhat.com/en/documentation/openshift_container_platform/4.17/html/oauth_apis/oauth-apis',
    revoke: 'OpenShift (`oc logout`, `oc delete oauthaccesstoken`)',
    formats: [{ kind: 'prefix', prefixes: ['sha256~'], alphabet: 'base64url', length: 43 }],
  },
  {
    id: 'kubeadm-token',
    title: 'Kubernetes bootstrap token',
    severity: 'high',
    source: 'https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/',
    revoke: 'Kubernetes (`kubeadm token delete`)',
    formats: [
      {
        kind: 'shape',
        keyword: '--token',
        pattern: /--token[ =](?<secret>[a-z0-9]{6}\.[a-z0-9]{16})(?![a-z0-9])/dy,
        maximumLength: 36,
        example: (random) => `--token ${random.hex(6)}.${random.hex(16)}`,
      },
      {
        kind: 'shape',
        keyword: 'bootstrap',
        pattern:
          /bootstrap[_-]?token["']? {0,3}[:=] {0,3}["']?(?<secret>[a-z0-9]{6}\.[a-z0-9]{16})(?![A-Za-z0-9])/diy,
        maximumLength: 56,
        example: (random) => `BOOTSTRAP_TOKEN: ${random.hex(6)}.${random.hex(16)}`,
      },
    ],
  },
  {
    id: 'kubeconfig-client-key',
    title: 'Client key in a kubeconfig',
    severity: 'critical',
    source: 'https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/',
    revoke: 'Kubernetes (rotate the client certificate)',
    formats: [
      {
        kind: 'shape',
        keyword: 'client-key-data',
        pattern:
          /client-key-data["']?: {0,2}["']?(?<secret>LS0tLS1CRUdJTi[A-Za-z0-9+/]{200,8000}={0,2})(?![A-Za-z0-9+/=])/dy,
        maximumLength: 8060,
        example: (random) => `client-key-data: LS0tLS1CRUdJTi${random.body(400)}`,
      },
    ],
  },
  {
    id: 'docker-swarm-token',
    title: 'Docker Swarm join token',
    severity: 'critical',
    source: 'https://docs.docker.com/engine/swarm/join-nodes/',
    revoke: 'Docker Swarm (`docker swarm join-token --rotate`)',
    formats: [
      {
        kind: 'shape',
        keyword: 'SWMTKN-1-',
        pattern: /SWMTKN-1-[a-z0-9]{50}-[a-z0-9]{25}(?![A-Za-z0-9-])/y,
        maximumLength: 90,
        example: (random) => `SWMTKN-1-${random.hex(50)}-${random.hex(25)}`,
      },
    ],
  },
  {
    id: 'rancher-token',
    title: 'Rancher API token',
    severity: 'critical',
    source: 'https://ranchermanager.docs.rancher.com/reference-guides/user-settings/api-keys',
    revoke: 'Rancher (Account & API Keys, Delete)',
    formats: [
      {
        kind: 'shape',
        keyword: 'token-',
        pattern: /token-[a-z0-9]{5}:[a-z0-9]{54}(?![A-Za-z0-9])/y,
        maximumLength: 68,
        example: (random) => `token-${random.hex(5)}:${random.hex(54)}`,
      },
    ],
  },
  {
    id: 'kthrees-node-token',
    title: 'K3s cluster token',
    severity: 'critical',
    source: 'https://docs.k3s.io/cli/token',
    revoke: 'K3s (`k3s token rotate`)',
    formats: [
      {
        kind: 'shape',
        keyword: 'K10',
        pattern: /K10[a-f0-9]{64}::(?:server:|node:)?[A-Za-z0-9.]{16,64}(?![A-Za-z0-9])/y,
        maximumLength: 144,
        example: (random) => `K10${random.hex(64)}::server:${random.hex(32)}`,
      },
    ],
  },
  {
    id: 'portainer-token',
    title: 'Portainer access token',
    severity: 'critical',
    source: 'https://docs.portainer.io/api/access',
    revoke: 'Portainer (My account, Access tokens)',
    formats: [{ kind: 'prefix', prefixes: ['ptr_'], alphabet: 'base64', length: 44 }],
  },
];
