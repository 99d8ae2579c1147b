// Passkeys as the browser has them: the server's JSON in, the browser's answer as JSON out (WebAuthn, level 3).

const toBytes = text => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), one => one.charCodeAt(0));
/** @param {ArrayBuffer | null | undefined} buffer */
const toText = buffer => (buffer ? btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') : undefined);
const described = list => (list ?? []).map(one => ({ ...one, id: toBytes(one.id) }));

export const passkeysWork = () => isSecureContext && typeof PublicKeyCredential !== 'undefined' && Boolean(navigator.credentials);

/** Whether passkeys can be offered among what the browser fills into the field of the name. */
export async function passkeysAreOffered() {
  try {
    return passkeysWork() && Boolean(await PublicKeyCredential.isConditionalMediationAvailable?.());
  } catch {
    return false;
  }
}

/** Who closes the browser's box, or waits too long, has chosen not to: that is no failure. @param {any} error */
export const wasDismissed = error => ['NotAllowedError', 'AbortError'].includes(error?.name);

/** The device has one for this account already. @param {any} error */
export const isKnownPasskey = error => error?.name === 'InvalidStateError';

/** @param {any} options of the server @returns {Promise<any>} RegistrationResponseJSON */
export async function createPasskey(options) {
  const made = /** @type {any} */ (await navigator.credentials.create({
    publicKey: { ...options, challenge: toBytes(options.challenge), user: { ...options.user, id: toBytes(options.user.id) }, excludeCredentials: described(options.excludeCredentials) },
  }));
  const { response } = made;
  return {
    id: made.id, rawId: toText(made.rawId), type: made.type, authenticatorAttachment: made.authenticatorAttachment ?? undefined, clientExtensionResults: made.getClientExtensionResults(),
    response: { clientDataJSON: toText(response.clientDataJSON), attestationObject: toText(response.attestationObject), transports: response.getTransports?.() ?? [] },
  };
}

/**
 * @param {any} options of the server @param {{signal?: AbortSignal, offered?: boolean}} [how] `offered`: among what is filled in, without a box of its own
 * @returns {Promise<any>} AuthenticationResponseJSON
 */
export async function provePasskey(options, { signal, offered = false } = {}) {
  const found = /** @type {any} */ (await navigator.credentials.get(/** @type {any} */ ({
    signal, ...(offered ? { mediation: 'conditional' } : {}),
    publicKey: { ...options, challenge: toBytes(options.challenge), allowCredentials: described(options.allowCredentials) },
  })));
  const { response } = found;
  return {
    id: found.id, rawId: toText(found.rawId), type: found.type, authenticatorAttachment: found.authenticatorAttachment ?? undefined, clientExtensionResults: found.getClientExtensionResults(),
    response: { clientDataJSON: toText(response.clientDataJSON), authenticatorData: toText(response.authenticatorData), signature: toText(response.signature), userHandle: toText(response.userHandle) },
  };
}
