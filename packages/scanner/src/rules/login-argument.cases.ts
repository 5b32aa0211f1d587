import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(62);
const key = `${tokens.body(30)}4x`;
const password = tokens.password();

export const cases: RuleCases = {
  positives: [
    ...[
      `requests.get(url, auth=("me", "${password}"))`,
      `session.auth = ('me', '${password}')`,
      `HTTPBasicAuth(user, "${password}")`,
      `new UsernamePasswordCredentials("me", "${password}")`,
      `new PasswordAuthentication("me", "${password}".toCharArray())`,
      `client.Credentials = new NetworkCredential("me@host.test", "${password}", "domain");`,
      `server.login("me@host.test", '${password}')`,
      `server.login(\n    sender,\n    "${password}",\n)`,
      `smtp.PlainAuth("", "me", "${password}", host)`,
      `$db = new mysqli("localhost", "me", "${password}", "shop");`,
      `$db = new PDO($dsn, 'me', '${password}');`,
      `DriverManager.getConnection(url, "me", "${password}");`,
      `req.SetBasicAuth("me", "${password}")`,
    ].map((text) => ({ text, value: password })),
    ...[
      `const c = new AcmeClient("${key}");`,
      `acme = AcmeClient('${key}', timeout=3)`,
      `$api = new Acme\\Api("${key}");`,
    ].map((text) => ({ text, value: key })),
  ],
  negatives: [
    `auth=(user, password)`,
    `new AcmeClient("https://api.host.test/v1")`,
    `new AcmeClient("my-service-name-2")`,
    `new AcmeClient("${tokens.uuid()}")`,
    `new AcmeClient(key)`,
    `new AcmeClient("${key.slice(0, 9)} ${key.slice(9)}")`,
    `describe_api("returns the first of all the 20 items")`,
    `auth=("me", os.environ["PW1"])`,
    `auth=("me", "<password 1>")`,
    `auth=("${password}")`,
    `server.login("me", getpass("Password1"))`,
    `user.login("${password}")`,
    `user.login({ a: 1 }, "${password}")`,
    `server.login("me", "your-password1")`,
    `user.login(name, callback)`,
    `user.login("a", "Something with spaces 1")`,
    `logins.login(a; "${password}")`,
    `setBasicAuth("me"\n"${password}")`,
  ],
};
