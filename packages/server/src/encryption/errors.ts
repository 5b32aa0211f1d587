/** Why the encryption room refused. Codes are stable; messages never contain key material or plaintext. */
export type EncryptionErrorCode =
  | 'wrong_key'
  | 'key_file_missing'
  | 'key_file_unsafe'
  | 'keyring_damaged'
  | 'decryption_failed';

export class EncryptionError extends Error {
  readonly code: EncryptionErrorCode;

  constructor(code: EncryptionErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EncryptionError';
    this.code = code;
  }
}
