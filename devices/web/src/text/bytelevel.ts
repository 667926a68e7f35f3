/** GPT-2's table: every byte as a printable character, so that a vocabulary of characters covers any text. */
const BYTES = table();

function table(): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let other = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
    found.set(String.fromCharCode(printable ? byte : other++), byte);
  }
  return found;
}

/** The bytes that characters stand for; characters that stand for none as their UTF-8. */
export function fromByteCharacters(characters: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of characters) {
    const byte = BYTES.get(character);
    if (byte === undefined) bytes.push(...new TextEncoder().encode(character));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}
