// Checks proofs of our log with Sigstore's own verifier: node sigstore_log.cjs FOLDER URL PUBLIC [SEQ...]
// FOLDER holds the packages, PUBLIC is the log's public key (SPKI, base64). Prints one JSON list.
const [folder, url, publicKey, ...seqs] = process.argv.slice(2);
const tlog = `${folder}/@sigstore/verify/dist/tlog`;
const { verifyCheckpoint } = require(`${tlog}/checkpoint.js`);
const { verifyMerkleInclusion } = require(`${tlog}/merkle.js`);
const { crypto } = require(`${folder}/@sigstore/core`);

async function check(seq) {
  const proof = await (await fetch(`${url}/proof/${seq}`)).json();
  const envelope = await (await fetch(`${url}/checkpoint`)).text();
  const hint = Buffer.from(envelope.trim().split(" ").pop(), "base64").subarray(0, 4);
  const log = { logID: hint, baseURL: url, publicKey: crypto.createPublicKey(publicKey) };
  const entry = {
    canonicalizedBody: Buffer.from(proof.leaf),
    inclusionProof: {
      logIndex: String(seq),
      hashes: proof.hashes.map((each) => Buffer.from(each, "hex")),
      checkpoint: { envelope },
    },
  };
  const checkpoint = verifyCheckpoint(entry, [log]);
  verifyMerkleInclusion(entry, checkpoint);
  const changed = { ...entry, canonicalizedBody: Buffer.from(proof.leaf.replace("2900", "2901")) };
  let isCaught = false;
  try {
    verifyMerkleInclusion(changed, checkpoint);
  } catch (error) {
    isCaught = error.code === "TLOG_INCLUSION_PROOF_ERROR";
  }
  return { seq: Number(seq), size: Number(checkpoint.logSize), isCaught };
}

Promise.all(seqs.map(check)).then((found) => console.log(JSON.stringify(found)));
