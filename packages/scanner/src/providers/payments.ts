import type { ProviderRow } from './row.ts';

/** Payment processors. Stripe has a rule of its own in `src/rules/`. */
export const rows: readonly ProviderRow[] = [
  {
    id: 'square-access-token',
    title: 'Square access token',
    severity: 'critical',
    source: 'https://developer.squareup.com/docs/build-basics/access-tokens',
    revoke: 'Square (Developer Console, Credentials, Replace)',
    formats: [
      { kind: 'prefix', prefixes: ['EAAA'], alphabet: 'base64url', length: 60 },
      { kind: 'prefix', prefixes: ['sq0atp-'], alphabet: 'base64url', length: 22 },
    ],
  },
  {
    id: 'square-application-secret',
    title: 'Square OAuth application secret',
    severity: 'critical',
    source: 'https://developer.squareup.com/docs/oauth-api/overview',
    revoke: 'Square (Developer Console, OAuth, Replace)',
    formats: [{ kind: 'prefix', prefixes: ['sq0csp-', 'sq0csb-'], alphabet: 'base64url', length: 43 }],
  },
  {
    id: 'braintree-access-token',
    title: 'PayPal Braintree access token',
    severity: 'critical',
    source: 'https://developer.paypal.com/braintree/docs/guides/extend/oauth/access-tokens',
    revoke: 'Braintree (Control Panel, API)',
    formats: [
      {
        kind: 'shape',
        keyword: 'access_token$',
        pattern: /access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}(?![0-9A-Za-z])/y,
        maximumLength: 74,
        example: (random) =>
          `access_token$production$${random.body(16, 'bcdfghjkmnp23456789')}$${random.hex(32)}`,
      },
    ],
  },
  {
    id: 'braintree-private-key',
    title: 'Braintree private key',
    severity: 'critical',
    source: 'https://developer.paypal.com/braintree/articles/control-panel/important-gateway-credentials',
    revoke: 'Braintree (Settings, API Keys)',
    formats: [{ kind: 'named', nouns: ['braintree'], alphabet: 'hex', length: 32 }],
  },
  {
    id: 'paypal-client-secret',
    title: 'PayPal REST client secret',
    severity: 'critical',
    source: 'https://developer.paypal.com/api/rest/',
    revoke: 'PayPal (Developer Dashboard, Apps & Credentials)',
    formats: [{ kind: 'named', nouns: ['paypal'], alphabet: 'base64url', length: 80 }],
  },
  {
    id: 'adyen-api-key',
    title: 'Adyen API key',
    severity: 'critical',
    source: 'https://docs.adyen.com/development-resources/api-credentials/',
    revoke: 'Adyen (Customer Area, Developers, API credentials)',
    formats: [
      {
        kind: 'shape',
        keyword: 'AQE',
        // Two base64 parts, then sixteen characters that may be any punctuation; the last part is taken while it is plain.
        pattern: /AQE[0-9A-Za-z+/]{60,200}={0,2}-[0-9A-Za-z+/]{43}=-[\w!#$%()*+./:;=?@^{|}~-]{8,16}/y,
        maximumLength: 270,
        example: (random) => `AQE${random.body(97)}==-${random.body(43)}=-${random.body(16)}`,
      },
    ],
  },
  {
    id: 'razorpay-key-id',
    title: 'Razorpay key id',
    severity: 'medium',
    source: 'https://razorpay.com/docs/api/authentication/',
    revoke: 'Razorpay (Account & Settings, API Keys)',
    formats: [{ kind: 'prefix', prefixes: ['rzp_live_', 'rzp_test_'], alphabet: 'alphanumeric', length: 14 }],
  },
  {
    id: 'razorpay-key-secret',
    title: 'Razorpay key secret',
    severity: 'critical',
    source: 'https://razorpay.com/docs/api/authentication/',
    revoke: 'Razorpay (Account & Settings, API Keys)',
    formats: [{ kind: 'named', nouns: ['razorpay'], alphabet: 'alphanumeric', length: 24 }],
  },
  {
    id: 'flutterwave-secret-key',
    title: 'Flutterwave secret key',
    severity: 'critical',
    source: 'https://developer.flutterwave.com/docs/authentication',
    revoke: 'Flutterwave (Settings, API Keys)',
    formats: [
      {
        kind: 'prefix',
        prefixes: ['FLWSECK-', 'FLWSECK_TEST-'],
        alphabet: 'alphanumeric',
        length: 32,
        suffix: '-X',
      },
    ],
  },
  {
    id: 'flutterwave-public-key',
    title: 'Flutterwave public key',
    severity: 'low',
    source: 'https://developer.flutterwave.com/docs/authentication',
    revoke: 'Flutterwave (Settings, API Keys)',
    formats: [
      {
        kind: 'prefix',
        prefixes: ['FLWPUBK-', 'FLWPUBK_TEST-'],
        alphabet: 'alphanumeric',
        length: 32,
        suffix: '-X',
      },
    ],
  },
  {
    id: 'gocardless-token',
    title: 'GoCardless access token',
    severity: 'critical',
    source: 'https://developer.gocardless.com/api-reference/#api-usage-making-requests',
    revoke: 'GoCardless (Developers, Access tokens)',
    formats: [
      // `live_` or `sandbox_`, and forty characters.
      { kind: 'named', nouns: ['gocardless'], alphabet: 'base64url', length: 45 },
      { kind: 'named', nouns: ['gocardless'], alphabet: 'base64url', length: 48 },
    ],
  },
  {
    id: 'mollie-api-key',
    title: 'Mollie API key',
    severity: 'critical',
    source: 'https://docs.mollie.com/reference/authentication',
    revoke: 'Mollie (Developers, API keys)',
    formats: [
      // `live_` or `test_` and 30 characters; `access_` and 40 for organization and app tokens.
      { kind: 'named', nouns: ['mollie'], alphabet: 'base64url', length: 35 },
      { kind: 'named', nouns: ['mollie'], alphabet: 'base64url', length: 47 },
    ],
  },
  {
    id: 'paddle-api-key',
    title: 'Paddle API key',
    severity: 'critical',
    source: 'https://developer.paddle.com/api-reference/about/api-keys',
    revoke: 'Paddle (Developer tools, Authentication, Revoke)',
    formats: [
      {
        kind: 'shape',
        keyword: 'pdl_',
        pattern: /pdl_(?:live|sdbx)_apikey_[0-9a-z]{26}_[0-9A-Za-z]{22}_[0-9A-Za-z]{3}(?![0-9A-Za-z])/y,
        maximumLength: 69,
        example: (random) =>
          `pdl_live_apikey_${random.body(26, 'bcdfghjkmnp23456789')}_${random.body(22)}_${random.body(3)}`,
      },
    ],
  },
  {
    id: 'paddle-webhook-secret',
    title: 'Paddle webhook secret key',
    severity: 'high',
    source: 'https://developer.paddle.com/webhooks/signature-verification',
    revoke: 'Paddle (Developer tools, Notifications)',
    formats: [
      {
        kind: 'shape',
        keyword: 'pdl_ntfset_',
        pattern: /pdl_ntfset_[0-9a-z]{26}_[0-9A-Za-z+/]{32}(?![0-9A-Za-z])/y,
        maximumLength: 70,
        example: (random) => `pdl_ntfset_${random.body(26, 'bcdfghjkmnp23456789')}_${random.body(32)}`,
      },
    ],
  },
  {
    id: 'stripe-webhook-secret',
    title: 'Webhook signing secret (Stripe, Svix, Clerk)',
    severity: 'high',
    source: 'https://docs.stripe.com/webhooks/signature',
    revoke: 'the sender of the webhooks (Stripe: Developers, Webhooks, Roll secret)',
    formats: [{ kind: 'prefix', prefixes: ['whsec_'], alphabet: 'base64', length: [32, 88] }],
  },
  {
    id: 'klarna-api-key',
    title: 'Klarna API key',
    severity: 'critical',
    source: 'https://docs.klarna.com/api/authentication/',
    revoke: 'Klarna (Merchant Portal, Settings, API credentials)',
    formats: [
      {
        kind: 'shape',
        keyword: 'klarna_',
        pattern: /klarna_(?:live|test)_api_[\w+/=,.-]{32,240}/y,
        maximumLength: 256,
        example: (random) => `klarna_live_api_${random.body(90)}`,
      },
    ],
  },
  {
    id: 'xendit-secret-key',
    title: 'Xendit secret key',
    severity: 'critical',
    source: 'https://docs.xendit.co/docs/api-keys',
    revoke: 'Xendit (Settings, Developers, API keys)',
    formats: [
      {
        kind: 'prefix',
        prefixes: ['xnd_production_', 'xnd_development_'],
        alphabet: 'alphanumeric',
        length: [32, 100],
      },
    ],
  },
  {
    id: 'midtrans-server-key',
    title: 'Midtrans server key',
    severity: 'critical',
    source: 'https://docs.midtrans.com/docs/midtrans-account',
    revoke: 'Midtrans (Settings, Access Keys)',
    formats: [{ kind: 'prefix', prefixes: ['Mid-server-'], alphabet: 'base64url', length: [16, 32] }],
  },
  {
    id: 'mercado-pago-token',
    title: 'Mercado Pago access token',
    severity: 'critical',
    source: 'https://www.mercadopago.com.br/developers/en/docs/your-integrations/credentials',
    revoke: 'Mercado Pago (Your integrations, Credentials, Renew)',
    formats: [
      {
        kind: 'shape',
        keyword: 'APP_USR-',
        pattern: /APP_USR-\d{13,16}-\d{6}-[0-9a-f]{32}(?:-|__[A-Z]{2}_[A-Z]{2}__-)\d{5,10}(?!\w)/y,
        maximumLength: 96,
        example: (random) =>
          `APP_USR-${random.digits(16)}-${random.digits(6)}-${random.hex(32)}-${random.digits(9)}`,
      },
    ],
  },
  {
    id: 'omise-secret-key',
    title: 'Omise secret key',
    severity: 'critical',
    source: 'https://docs.omise.co/api-authentication',
    revoke: 'Omise (Settings, Keys, Roll)',
    formats: [
      { kind: 'prefix', prefixes: ['skey_', 'skey_test_'], alphabet: 'lower-alphanumeric', length: 19 },
    ],
  },
  {
    id: 'cashfree-secret-key',
    title: 'Cashfree secret key',
    severity: 'critical',
    source: 'https://www.cashfree.com/docs/api-reference/authentication',
    revoke: 'Cashfree (Developers, API Keys)',
    formats: [
      {
        kind: 'shape',
        keyword: 'cfsk_ma_',
        pattern: /cfsk_ma_(?:prod|test)_[0-9a-f]{32}_[0-9a-f]{8}(?![0-9A-Za-z])/y,
        maximumLength: 54,
        example: (random) => `cfsk_ma_prod_${random.hex(32)}_${random.hex(8)}`,
      },
    ],
  },
  {
    id: 'checkout-secret-key',
    title: 'Checkout.com secret key',
    severity: 'critical',
    source: 'https://www.checkout.com/docs/developer-resources/api/manage-api-keys',
    revoke: 'Checkout.com (Dashboard, Developers, Keys)',
    formats: [
      {
        kind: 'shape',
        keyword: 'sk_sbox_',
        pattern: /sk_sbox_[a-z2-7]{26}[a-z2-7*#$=]/y,
        maximumLength: 35,
        example: (random) => `sk_sbox_${random.body(27, 'abcdefghijklmnopqrstuvwxyz234567')}`,
      },
      { kind: 'named', nouns: ['checkout_com'], alphabet: 'uuid', length: 36 },
    ],
  },
  {
    id: 'sumup-api-key',
    title: 'SumUp API key',
    severity: 'critical',
    source: 'https://developer.sumup.com/tools/authorization/api-keys/',
    revoke: 'SumUp (Developer settings, API keys)',
    formats: [{ kind: 'prefix', prefixes: ['sup_sk_'], alphabet: 'alphanumeric', length: [24, 64] }],
  },
  {
    id: 'authorize-net-transaction-key',
    title: 'Authorize.net transaction key',
    severity: 'critical',
    source: 'https://developer.authorize.net/hello_world/common_setup_questions.html',
    revoke: 'Authorize.net (Account, API Credentials & Keys)',
    formats: [
      {
        kind: 'named',
        nouns: ['authorizenet', 'authorize_net', 'authnet'],
        alphabet: 'alphanumeric',
        length: 16,
      },
    ],
  },
  {
    id: 'dwolla-secret',
    title: 'Dwolla key or secret',
    severity: 'critical',
    source: 'https://developers.dwolla.com/docs/auth',
    revoke: 'Dwolla (Dashboard, Applications)',
    formats: [{ kind: 'named', nouns: ['dwolla'], alphabet: 'alphanumeric', length: 50 }],
  },
  {
    id: 'mercury-token',
    title: 'Mercury API token',
    severity: 'critical',
    source: 'https://docs.mercury.com/reference/getting-started-with-your-api',
    revoke: 'Mercury (Settings, API tokens)',
    formats: [
      {
        kind: 'shape',
        keyword: 'mercury_production_',
        pattern: /mercury_(?:production|sandbox)_[0-9A-Za-z]{3,6}_[0-9A-Za-z]{24,80}_yrucrem(?!\w)/y,
        maximumLength: 120,
        example: (random) => `mercury_production_rma_${random.body(43)}_yrucrem`,
      },
    ],
  },
  {
    id: 'polar-token',
    title: 'Polar access token',
    severity: 'critical',
    source: 'https://polar.sh/docs/integrate/oat',
    revoke: 'Polar (Settings, Developers)',
    formats: [
      { kind: 'prefix', prefixes: ['polar_oat_', 'polar_pat_'], alphabet: 'alphanumeric', length: [32, 64] },
    ],
  },
];
