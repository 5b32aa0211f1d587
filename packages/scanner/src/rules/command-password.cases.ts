import type { RuleCases } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';

const tokens = makeTokens(61);
const password = `${tokens.body(10)}7x`;
const word = { severity: 'medium', confidence: 'low' } as const;

export const cases: RuleCases = {
  positives: [
    ...[
      `sshpass -p ${password} ssh me@host.test`,
      `sshpass -p'${password}' scp a b`,
      `mysql -u root -p${password} shop < dump.sql`,
      `mysqldump -h db -uroot -p${password} shop`,
      `PsExec.exe \\\\host -u DOM\\me -p ${password} cmd`,
      `mongosh host/db -u me -p ${password}`,
      `docker login -u me -p ${password} registry.test`,
      `redis-cli -h host -a ${password} ping`,
      `ldapsearch -D cn=me -w ${password} -b dc=x`,
      `smbclient //host/share -U me%${password}`,
      `plink -ssh me@host -pw ${password} ls`,
      `xfreerdp /u:me /p:${password} /v:host`,
      `sqlcmd -S db -U sa -P ${password} -Q q`,
      `ipmitool -H host -U me -P ${password} power status`,
      `mosquitto_pub -t a -u me -P ${password} -m x`,
      `docker login \\\n  -u me \\\n  -p ${password} \\\n  registry.test`,
      `lftp -u me,${password} ftp.test`,
      `rabbitmqctl add_user me ${password}`,
      `htpasswd -cb /etc/x.htpasswd me ${password}`,
      `openssl rsa -in a.pem -passin pass:${password} -out b.pem`,
      `RUN echo "root:${password}" | chpasswd`,
      `echo '${password}' | sudo -S apt-get update`,
    ].map((text) => ({ text, value: password })),
    { text: 'sshpass -p tangerine ssh me@host.test', value: 'tangerine', expected: word },
  ],
  negatives: [
    `mysql -u root -p shop`,
    `mysql -u root -p $DB_PASSWORD`,
    `sshpass -p "$PASSWORD" ssh host`,
    `sshpass -p <password> ssh host`,
    `sshpass -p password ssh host`,
    `sshpass -p qwerty ssh host`,
    `docker login -u me; run -p ${password}`,
    `docker login\n-p ${password}`,
    `docker login --password-stdin -p`,
    `redis-cli -a`,
    `the mysql docs say - purpose`,
    `echo "root:\${ROOT_PASSWORD}" | chpasswd`,
    `echo "$P" | sudo -S true`,
    `mongo -p %PORT%`,
  ],
};
