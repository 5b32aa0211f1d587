import type { ProviderRow, ShapeFormat } from './row.ts';

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** HMAC-SHA256 in base64, percent-encoded, as a parameter of a URL that is written plainly, in JSON or in XML. */
const signatures = ['&sig=', '?sig=', 'u0026sig=', 'amp;sig='].map(
  (keyword): ShapeFormat => ({
    kind: 'shape',
    keyword,
    pattern: /[&?;\w]{1,5}sig=(?<secret>(?:[A-Za-z0-9+/]|%2[BbFf]){43}(?:%3[Dd]|=))(?![A-Za-z0-9+/=])/diy,
    maximumLength: 150,
    example: (random) => `${keyword}${random.body(43)}%3D`,
  }),
);

/** Base64 of 64 or 32 bytes, near whose end stand the mark of the service and a checksum. */
const markedKey = (mark: string, before: number, padding: '=' | '=='): ShapeFormat => ({
  kind: 'shape',
  keyword: mark,
  pattern: new RegExp(`${mark.replace('+', '\\+')}[A-D][A-Za-z0-9+/]{5}${padding}(?![A-Za-z0-9+/=])`, 'y'),
  maximumLength: 12,
  before: { alphabet: 'base64', length: before },
  example: (random) => `${mark}A${random.body(5)}${padding}`,
});

/** Microsoft Azure. Keys of many services carry a mark of the service at a fixed place inside. */
export const rows: readonly ProviderRow[] = [
  {
    id: 'azure-account-key',
    title: 'Azure Storage or Cosmos DB account key',
    severity: 'critical',
    source: 'https://learn.microsoft.com/en-us/azure/storage/common/storage-account-keys-manage',
    revoke: 'Azure (Storage account, Access keys, Rotate)',
    formats: [
      {
        kind: 'shape',
        keyword: 'AccountKey=',
        pattern: /accountkey=(?<secret>(?!Eby8vdM0|C2y6yDjf5)[A-Za-z0-9+/]{86}==)(?![=A-Za-z0-9])/diy,
        maximumLength: 100,
        example: (random) => `AccountKey=${random.body(86, base64)}==`,
      },
      { kind: 'named', nouns: ['azure_storage', 'cosmos_db', 'cosmos'], alphabet: 'base64', length: 88 },
    ],
  },
  {
    id: 'azure-shared-access-key',
    title: 'Azure Service Bus, Event Hubs or IoT Hub key',
    severity: 'critical',
    source: 'https://learn.microsoft.com/en-us/azure/service-bus-messaging/service-bus-sas',
    revoke: 'Azure (Shared access policies, Regenerate)',
    formats: [
      {
        kind: 'shape',
        keyword: 'SharedAccessKey=',
        pattern: /sharedaccesskey=(?<secret>[A-Za-z0-9+/]{43}=)(?![=A-Za-z0-9])/diy,
        maximumLength: 60,
        example: (random) => `SharedAccessKey=${random.body(43, base64)}=`,
      },
    ],
  },
  {
    id: 'azure-sas-signature',
    title: 'Azure shared access signature',
    severity: 'high',
    source: 'https://learn.microsoft.com/en-us/azure/storage/common/storage-sas-overview',
    revoke: 'Azure (rotate the account key that signed it, or delete the stored policy)',
    formats: [...signatures],
  },
  {
    id: 'azure-logic-app-signature',
    title: 'Azure Logic Apps trigger signature',
    severity: 'high',
    source: 'https://learn.microsoft.com/en-us/azure/logic-apps/logic-apps-securing-a-logic-app',
    revoke: 'Azure (Logic app, Access Keys, Regenerate)',
    formats: [
      {
        kind: 'shape',
        keyword: 'sv=1.0&sig=',
        pattern: /sv=1\.0&sig=(?<secret>[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/diy,
        maximumLength: 54,
        example: (random) => `sv=1.0&sig=${random.body(43)}`,
      },
    ],
  },
  {
    id: 'azure-publish-profile',
    title: 'Azure App Service publish profile password',
    severity: 'critical',
    source: 'https://learn.microsoft.com/en-us/azure/app-service/deploy-configure-credentials',
    revoke: 'Azure (App Service, Reset publish profile)',
    formats: [
      {
        kind: 'shape',
        keyword: 'userPWD="',
        pattern: /userpwd="(?<secret>[A-Za-z0-9]{60})"/diy,
        maximumLength: 72,
        example: (random) => `userPWD="${random.body(60)}"`,
      },
    ],
  },
  {
    id: 'azure-client-secret',
    title: 'Microsoft Entra client secret',
    severity: 'critical',
    source: 'https://learn.microsoft.com/en-us/purview/sit-defn-azure-ad-client-secret',
    revoke: 'Azure (App registrations, Certificates & secrets)',
    formats: [
      {
        kind: 'shape',
        keyword: 'Q~',
        pattern: /Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~-])/y,
        maximumLength: 38,
        before: { alphabet: 'base64url', length: [1, 4] },
        example: (random) => `Q~${random.body(34)}`,
      },
    ],
  },
  {
    id: 'azure-search-key',
    title: 'Azure AI Search key',
    severity: 'high',
    source: 'https://learn.microsoft.com/en-us/azure/search/search-security-api-keys',
    revoke: 'Azure (Search service, Keys, Regenerate)',
    formats: [
      {
        kind: 'shape',
        keyword: 'AzSe',
        pattern: /AzSe[A-D][A-Za-z0-9]{5}(?![A-Za-z0-9])/y,
        maximumLength: 12,
        before: { alphabet: 'alphanumeric', length: 42 },
        example: (random) => `AzSeA${random.body(5)}`,
      },
      { kind: 'named', nouns: ['azure_search'], alphabet: 'alphanumeric', length: 52 },
      { kind: 'named', nouns: ['azure_search'], alphabet: 'hex', length: 32 },
    ],
  },
  {
    id: 'azure-function-key',
    title: 'Azure Functions key',
    severity: 'high',
    source: 'https://github.com/microsoft/security-utilities',
    revoke: 'Azure (Function app, App keys, Renew)',
    formats: [
      {
        kind: 'shape',
        keyword: 'AzFu',
        pattern: /AzFu[A-Za-z0-9_-]{5}[AQgw]==(?![A-Za-z0-9=])/y,
        maximumLength: 14,
        before: { alphabet: 'base64url', length: 44 },
        example: (random) => `AzFu${random.body(5)}Q==`,
      },
    ],
  },
  {
    id: 'azure-container-registry-key',
    title: 'Azure Container Registry password',
    severity: 'critical',
    source: 'https://github.com/microsoft/security-utilities',
    revoke: 'Azure (Container registry, Access keys, Regenerate)',
    formats: [
      {
        kind: 'shape',
        keyword: '+ACR',
        pattern: /\+ACR[A-D][A-Za-z0-9]{5}(?![A-Za-z0-9])/y,
        maximumLength: 12,
        before: { alphabet: 'alphanumeric', length: 42 },
        example: (random) => `+ACRA${random.body(5)}`,
      },
    ],
  },
  {
    id: 'azure-ai-key',
    title: 'Azure OpenAI or AI services key',
    severity: 'high',
    source: 'https://github.com/microsoft/security-utilities',
    revoke: 'Azure (Keys and Endpoint, Regenerate)',
    formats: [
      {
        kind: 'shape',
        keyword: 'JQQJ9',
        pattern: /JQQJ9[9DH][A-Za-z0-9][A-L][A-Za-z0-9]{16}[A-Za-z][A-Za-z0-9]{7}(?![A-Za-z0-9])/y,
        maximumLength: 34,
        before: { alphabet: 'alphanumeric', length: 52 },
        example: (random) => `JQQJ99BCAC${random.body(14)}X${random.body(7)}`,
      },
    ],
  },
  {
    id: 'azure-devops-pat',
    title: 'Azure DevOps personal access token',
    severity: 'critical',
    source:
      'https://learn.microsoft.com/en-us/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate',
    revoke: 'Azure DevOps (User settings, Personal access tokens, Revoke)',
    formats: [
      {
        kind: 'shape',
        keyword: 'AZDO',
        pattern: /AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])/y,
        maximumLength: 10,
        before: { alphabet: 'alphanumeric', length: 76 },
        example: (random) => `AZDO${random.body(4)}`,
      },
    ],
  },
  {
    id: 'azure-subscription-key',
    title: 'Azure AI services or API Management key',
    severity: 'high',
    source: 'https://learn.microsoft.com/en-us/azure/ai-services/authentication',
    revoke: 'Azure (Keys and Endpoint, Regenerate)',
    formats: [
      {
        kind: 'named',
        nouns: [
          'ocp_apim_subscription',
          'azure_openai',
          'azureopenai',
          'azure_cognitive',
          'azure_speech',
          'azure_translator',
        ],
        alphabet: 'hex',
        length: 32,
      },
    ],
  },
  {
    id: 'azure-marked-key',
    title: 'Key of an Azure service, with its mark',
    severity: 'critical',
    source: 'https://devblogs.microsoft.com/engineering-at-microsoft/common-annotated-security-keys',
    revoke: 'Azure (the service, Keys, Regenerate)',
    formats: [
      ...['+ASt', 'ACDb', 'APIM', '+ABa'].map((mark) => markedKey(mark, 76, '==')),
      ...['+ASb', '+AEh', '+ARm', 'AIoT', 'AzCa', 'AzEG'].map((mark) => markedKey(mark, 33, '=')),
    ],
  },
];
