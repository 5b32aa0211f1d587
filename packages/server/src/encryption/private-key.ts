import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';

/**
 * What a PEM file with a private key is to a certificate: its key, another one, a key under a passphrase, or no key
 * that can be read.
 */
export function keyFor(
  certificate: X509Certificate,
  pem: string,
): 'its key' | 'another key' | 'encrypted' | 'unreadable' {
  // PKCS#8 and the older form say so in words; the codes of the library differ between its versions.
  if (/^(?:-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED)/m.test(pem)) return 'encrypted';
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return 'unreadable';
  }
  // TLS itself would take a key of another kind (EC, RSA) than the certificate's without a word.
  return certificate.checkPrivateKey(key) ? 'its key' : 'another key';
}
