// Reads how the server is reached from the variables that all programs of Chorus read, and connects.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { credentials, Metadata } from "@grpc/grpc-js";
import { FeedbackServiceClient } from "./generated/chorus/feedback/v1/feedback_service.js";

const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const HANDSHAKE_MILLISECONDS = 5000;

const SERVICE_CONFIG = {
  // Without it every call goes to the first replica.
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [
    {
      name: [{ service: "chorus.feedback.v1.FeedbackService" }],
      retryPolicy: {
        maxAttempts: 3,
        initialBackoff: "0.1s",
        maxBackoff: "1s",
        backoffMultiplier: 2,
        retryableStatusCodes: ["UNAVAILABLE"],
      },
    },
  ],
};

/** A variable of the environment cannot be used. */
export class SettingError extends Error {}

interface Certificates {
  ca: Buffer;
  key: Buffer | null;
  cert: Buffer | null;
}

export class Connection {
  readonly #server: string;
  readonly #serverName = variable("CHORUS_TLS_SERVER_NAME");
  readonly #token = variable("CHORUS_TOKEN");
  readonly #certificates = readCertificates(variable("CHORUS_TLS_DIR"));

  /** An empty `server` is CHORUS_SERVER, or else the one on this machine. */
  constructor(server: string) {
    this.#server = server || variable("CHORUS_SERVER") || "127.0.0.1:50051";
    if (this.#certificates === null) {
      checkPlaintext(this.#server, this.#token);
    }
  }

  /** Returns a client, which connects with its first call. */
  client(): FeedbackServiceClient {
    const tls = this.#certificates;
    const secured = tls ? credentials.createSsl(tls.ca, tls.key, tls.cert) : credentials.createInsecure();
    return new FeedbackServiceClient(`dns:///${this.#server}`, secured, {
      "grpc.service_config": JSON.stringify(SERVICE_CONFIG),
      "grpc.enable_retries": 1,
      "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
      "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
      ...(this.#serverName && { "grpc.ssl_target_name_override": this.#serverName }),
    });
  }

  /** Returns what goes with each call: the token, which says who calls. */
  metadata(): Metadata {
    const metadata = new Metadata();
    if (this.#token) {
      metadata.set("authorization", `Bearer ${this.#token}`);
    }
    return metadata;
  }

  /** Says why the server's certificate is not believed, if it is not; grpc-js says it in words alone. */
  distrust(): Promise<string | undefined> {
    const tls = this.#certificates;
    if (tls === null) {
      return Promise.resolve(undefined);
    }
    const { hostname, port } = new URL(`https://${this.#server}`);
    const socket = connectTls({
      host: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port || 443),
      ca: tls.ca,
      key: tls.key ?? undefined,
      cert: tls.cert ?? undefined,
      servername: this.#serverName || (/^[\d.[\]:]+$/.test(hostname) ? undefined : hostname),
      ALPNProtocols: ["h2"],
      timeout: HANDSHAKE_MILLISECONDS,
      // Nothing is sent on this connection, which only asks for the certificate.
      rejectUnauthorized: false,
    });
    return new Promise<string | undefined>((resolve) => {
      socket.once("secureConnect", () => resolve(socket.authorized ? undefined : String(socket.authorizationError)));
      socket.once("error", () => resolve(undefined));
      socket.once("timeout", () => resolve(undefined));
    }).finally(() => socket.destroy());
  }
}

/** Reads ca.crt, and tls.crt with tls.key if they are there, as cert-manager mounts them. */
function readCertificates(folder: string): Certificates | null {
  if (!folder) {
    return null;
  }
  const own = existsSync(join(folder, "tls.crt"));
  try {
    return {
      ca: readFileSync(join(folder, "ca.crt")),
      key: own ? readFileSync(join(folder, "tls.key")) : null,
      cert: own ? readFileSync(join(folder, "tls.crt")) : null,
    };
  } catch (error) {
    throw new SettingError(`CHORUS_TLS_DIR: ${(error as Error).message}`);
  }
}

function checkPlaintext(server: string, token: string): void {
  const host = server.slice(0, server.lastIndexOf(":"));
  if (/^(localhost|127(\.\d+){3}|\[::1\])$/.test(host)) {
    return;
  }
  if (token) {
    throw new SettingError(`CHORUS_TLS_DIR is needed to send a token to ${server}: that is beyond this machine`);
  }
  if (variable("CHORUS_INSECURE") !== "yes") {
    throw new SettingError(`${server} is beyond this machine: set CHORUS_TLS_DIR, or CHORUS_INSECURE=yes`);
  }
}

function variable(name: string): string {
  return (process.env[name] ?? "").trim();
}
