import { describe, expect, it } from 'vitest';
import { decide } from '../decide.ts';
import { scan } from '../scan.ts';

/** What people tell an assistant about themselves, by language; numbers are those that regulators keep for drama. */
const sentences: Readonly<Record<string, readonly string[]>> = {
  'phone-number': [
    'My phone number is 415-555-0132, please remember it.',
    'You can call me on 07700 900123 after six.',
    'Meine Telefonnummer ist 030 23125000.',
    'Du erreichst mich unter 0171 3920000.',
    'Mon numéro de téléphone est le 06 39 98 12 34.',
    'Mi número de teléfono es 612 345 678.',
    'Il mio numero di telefono è 347 123 4567.',
  ],
  email: [
    'My email is ada.lovelace@example.org.',
    'Meine E-Mail-Adresse ist jürgen.müller@example.org.',
    'Mon adresse e-mail est jean.dupont@example.org.',
    'Mi correo es josé.garcía@example.org.',
    'La mia email è mario.rossi@example.org.',
  ],
  'date-of-birth': [
    'I was born on 12 March 1985 in Leeds.',
    'My birthday is 12/03/1985.',
    'Ich bin am 12. März 1985 geboren.',
    'Je suis née le 12 mars 1985 à Lyon.',
    'Nací el 12 de marzo de 1985 en Sevilla.',
    'Sono nato il 12 marzo 1985 a Torino.',
  ],
  'street-address': [
    'I live at 221B Baker Street, London.',
    'Ich wohne in der Hauptstraße 12a, 80331 München.',
    'J’habite au 12 rue de la Paix, 75002 Paris.',
    'Vivo en la calle Mayor 15, Madrid.',
    'Abito in Via Roma 10, Milano.',
  ],
};

describe.each(Object.entries(sentences))('a memory with personal data of the kind %s', (ruleId, texts) => {
  it.each(texts)('is labelled, and kept as it is: %s', (text) => {
    const decision = decide(scan(text));
    expect(decision).toMatchObject({ action: 'allow', labels: [`pii:${ruleId}`] });
  });
});

describe('a memory without personal data', () => {
  it.each([
    'We met on 12 March 2024 and agreed on version 1.2.3.',
    'Die Rechnung 4711 vom 12.03.2024 ist bezahlt.',
    'Le vol 815 part de la porte 42 à 12:30.',
    'Baker Street is a station, and 350 5th Avenue is the Empire State Building.',
    'Chapter 12 says that 3.14159 is near enough.',
  ])('has no label: %s', (text) => expect(decide(scan(text)).labels).toEqual([]));
});
