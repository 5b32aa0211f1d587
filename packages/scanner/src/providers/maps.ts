import type { ProviderRow } from './row.ts';

/** Maps, places, geocoding and weather. Google's keys have a rule of their own in `src/rules/`. */
export const rows: readonly ProviderRow[] = [
  {
    id: 'mapbox-secret-token',
    title: 'Mapbox secret or temporary token',
    severity: 'high',
    source: 'https://docs.mapbox.com/help/getting-started/access-tokens/',
    revoke: 'Mapbox (Account, Tokens)',
    formats: ['sk.eyJ', 'tk.eyJ'].map((keyword) => ({
      kind: 'shape',
      keyword,
      pattern: new RegExp(`${keyword.replace('.', '\\.')}[\\w-]{30,400}\\.[\\w-]{20,24}(?![\\w-])`, 'y'),
      maximumLength: 440,
      example: (random) => `${keyword}1${random.body(70)}.${random.body(22)}`,
    })),
  },
  {
    id: 'mapbox-public-token',
    title: 'Mapbox public token',
    severity: 'low',
    source: 'https://docs.mapbox.com/help/getting-started/access-tokens/',
    revoke: 'Mapbox (Account, Tokens)',
    formats: [
      {
        kind: 'shape',
        keyword: 'pk.eyJ',
        pattern: /pk\.eyJ[\w-]{30,400}\.[\w-]{20,24}(?![\w-])/y,
        maximumLength: 440,
        example: (random) => `pk.eyJ1${random.body(70)}.${random.body(22)}`,
      },
    ],
  },
  {
    id: 'here-api-key',
    title: 'HERE API key',
    severity: 'medium',
    source:
      'https://www.here.com/docs/bundle/identity-and-access-management-developer-guide/page/topics/plat-using-apikeys.html',
    revoke: 'HERE (Access Manager, Apps, API Keys)',
    formats: [
      {
        kind: 'named',
        nouns: ['here_api', 'here_maps', 'heremaps', 'hereapi', 'here_access'],
        alphabet: 'base64url',
        length: 43,
      },
    ],
  },
  {
    id: 'tomtom-key',
    title: 'TomTom API key',
    severity: 'medium',
    source: 'https://developer.tomtom.com/knowledgebase/platform/articles/how-to-get-an-tomtom-api-key/',
    revoke: 'TomTom (Dashboard, Keys)',
    formats: [{ kind: 'named', nouns: ['tomtom'], alphabet: 'alphanumeric', length: 32 }],
  },
  {
    id: 'openweather-key',
    title: 'OpenWeather API key',
    severity: 'medium',
    source: 'https://openweathermap.org/appid',
    revoke: 'OpenWeather (My API keys)',
    formats: [
      {
        kind: 'named',
        nouns: ['openweather', 'open_weather', 'open_weather_map', 'owm_api'],
        alphabet: 'hex',
        length: 32,
      },
    ],
  },
  {
    id: 'weatherapi-key',
    title: 'WeatherAPI.com key',
    severity: 'medium',
    source: 'https://www.weatherapi.com/docs/',
    revoke: 'WeatherAPI.com (Dashboard, Regenerate)',
    formats: [
      { kind: 'named', nouns: ['weatherapi', 'weather_api'], alphabet: 'hex', length: 31 },
      { kind: 'named', nouns: ['weatherapi', 'weather_api'], alphabet: 'hex', length: 32 },
    ],
  },
  {
    id: 'maptiler-key',
    title: 'MapTiler key',
    severity: 'medium',
    source: 'https://docs.maptiler.com/cloud/api/authentication-key/',
    revoke: 'MapTiler (Cloud, API keys)',
    formats: [{ kind: 'named', nouns: ['maptiler'], alphabet: 'alphanumeric', length: 20 }],
  },
  {
    id: 'locationiq-token',
    title: 'LocationIQ access token',
    severity: 'medium',
    source: 'https://docs.locationiq.com/docs/introduction',
    revoke: 'LocationIQ (Dashboard, API Access Tokens)',
    formats: [{ kind: 'prefix', prefixes: ['pk.'], alphabet: 'hex', length: 32 }],
  },
  {
    id: 'opencage-key',
    title: 'OpenCage geocoding key',
    severity: 'medium',
    source: 'https://opencagedata.com/api',
    revoke: 'OpenCage (Dashboard, API keys)',
    formats: [{ kind: 'named', nouns: ['opencage'], alphabet: 'hex', length: 32 }],
  },
  {
    id: 'geoapify-key',
    title: 'Geoapify API key',
    severity: 'medium',
    source: 'https://www.geoapify.com/get-started-with-maps-api/',
    revoke: 'Geoapify (Projects, API keys)',
    formats: [{ kind: 'named', nouns: ['geoapify'], alphabet: 'hex', length: 32 }],
  },
  {
    id: 'positionstack-key',
    title: 'Positionstack access key',
    severity: 'medium',
    source: 'https://positionstack.com/documentation',
    revoke: 'Positionstack (Dashboard, Reset)',
    formats: [{ kind: 'named', nouns: ['positionstack'], alphabet: 'hex', length: 32 }],
  },
  {
    id: 'bing-maps-key',
    title: 'Bing Maps key',
    severity: 'medium',
    source:
      'https://learn.microsoft.com/en-us/bingmaps/getting-started/bing-maps-dev-center-help/getting-a-bing-maps-key',
    revoke: 'Bing Maps (Dev Center, My keys)',
    formats: [{ kind: 'named', nouns: ['bing_map', 'bing_maps'], alphabet: 'base64url', length: 64 }],
  },
  {
    id: 'openrouteservice-key',
    title: 'openrouteservice API key',
    severity: 'medium',
    source: 'https://openrouteservice.org/dev/#/api-docs/introduction',
    revoke: 'openrouteservice (Dashboard, Tokens)',
    formats: [
      { kind: 'named', nouns: ['openrouteservice', 'ors_api', 'ors_key'], alphabet: 'hex', length: 56 },
    ],
  },
  {
    id: 'foursquare-key',
    title: 'Foursquare API key or client secret',
    severity: 'medium',
    source: 'https://docs.foursquare.com/developer/reference/authentication',
    revoke: 'Foursquare (Developer Console, API keys)',
    formats: [
      { kind: 'prefix', prefixes: ['fsq3'], alphabet: 'base64', length: [43, 45] },
      { kind: 'named', nouns: ['foursquare', 'fsq_api'], alphabet: 'upper-alphanumeric', length: 48 },
    ],
  },
  {
    id: 'yelp-key',
    title: 'Yelp API key',
    severity: 'medium',
    source: 'https://docs.developer.yelp.com/docs/fusion-authentication',
    revoke: 'Yelp (Manage App)',
    formats: [{ kind: 'named', nouns: ['yelp'], alphabet: 'base64url', length: 128 }],
  },
];
