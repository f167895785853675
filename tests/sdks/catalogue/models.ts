/** SDKs of services that run models. */
import { expect } from "vitest";
import { ElevenLabsClient, ElevenLabsError } from "@elevenlabs/elevenlabs-js";
import { ApiError, GoogleGenAI } from "@google/genai";
import { AssemblyAI } from "assemblyai";
import { CohereClient, CohereError } from "cohere-ai";
import { AuthorizationError, DeepLClient } from "deepl-node";
import Groq, { NotFoundError as NoGroq } from "groq-sdk";
import Replicate from "replicate";
import Together, { NotFoundError as NoTogether } from "together-ai";
import { KEY, type CatalogueSdk } from "./catalogue-sdk.ts";

export const MODELS: readonly CatalogueSdk[] = [
  {
    name: "groq-sdk",
    service: "groq",
    typed: { api_key: KEY },
    route: "GET api.groq.com/openai/v1/models",
    body: { object: "list", data: [{ id: "llama", object: "model", created: 1, owned_by: "Meta" }] },
    found: { data: [{ id: "llama" }] },
    read: ({ api, key }) => new Groq({ apiKey: key, baseURL: api }).models.list(),
    refusal: { status: 404, body: { error: { message: "No such model.", type: "invalid_request_error" } } },
    error: { ofClass: NoGroq, says: { status: 404, error: { error: { message: "No such model." } } } },
  },
  {
    name: "cohere-ai",
    service: "cohere",
    typed: { api_key: KEY },
    route: "GET api.cohere.com/v1/models",
    body: { models: [{ name: "command" }] },
    found: { models: [{ name: "command" }] },
    read: ({ api, key }) => new CohereClient({ token: key, baseUrl: api }).models.list(),
    refusal: { status: 404, body: { message: "model not found" } },
    error: { ofClass: CohereError, says: { statusCode: 404, body: { message: "model not found" } } },
  },
  {
    name: "replicate",
    service: "replicate",
    typed: { api_key: KEY },
    route: "GET api.replicate.com/v1/account",
    body: { type: "organization", username: "acme", name: "Acme" },
    found: { username: "acme" },
    read: ({ api, key }) => new Replicate({ auth: key, baseUrl: api }).accounts.current(),
    refusal: { status: 404, body: { detail: "The requested resource could not be found.", status: 404 } },
    error: { says: { name: "ApiError", response: { status: 404 } } },
  },
  {
    name: "@elevenlabs/elevenlabs-js",
    service: "elevenlabs",
    typed: { api_key: KEY },
    route: "GET api.elevenlabs.io/v1/models",
    body: [{ model_id: "eleven" }],
    found: [{ modelId: "eleven" }],
    read: ({ api, key }) => new ElevenLabsClient({ apiKey: key, baseUrl: api }).models.list(),
    refusal: { status: 404, body: { detail: { status: "not_found", message: "Not found" } } },
    error: { ofClass: ElevenLabsError, says: { statusCode: 404, body: { detail: { status: "not_found" } } } },
  },
  {
    name: "assemblyai",
    service: "assemblyai",
    typed: { api_key: KEY },
    route: "GET api.assemblyai.com/v2/transcript/t-1",
    body: { id: "t-1", status: "completed", text: "Hello" },
    found: { id: "t-1", text: "Hello" },
    read: ({ api, key }) => new AssemblyAI({ apiKey: key, baseUrl: api }).transcripts.get("t-1"),
    refusal: { status: 404, body: { error: "Transcript lookup error, transcript id not found" } },
    error: { says: { message: "Transcript lookup error, transcript id not found" } },
  },
  {
    name: "@google/genai",
    service: "google-gemini",
    typed: { api_key: KEY },
    route: "GET generativelanguage.googleapis.com/v1/models/gemini",
    body: { name: "models/gemini", displayName: "Gemini" },
    found: { name: "models/gemini", displayName: "Gemini" },
    read: ({ api, key }) =>
      new GoogleGenAI({ apiKey: key, vertexai: false, httpOptions: { baseUrl: api } }).models.get({ model: "gemini" }),
    refusal: { status: 404, body: { error: { code: 404, message: "not found", status: "NOT_FOUND" } } },
    error: { ofClass: ApiError, says: { status: 404, message: expect.stringContaining("NOT_FOUND") } },
  },
  {
    name: "together-ai",
    service: "together-ai",
    typed: { api_key: KEY },
    route: "GET api.together.ai/v1/models",
    body: [{ id: "llama", object: "model", created: 1, type: "chat" }],
    found: [{ id: "llama" }],
    read: ({ api, key }) => new Together({ apiKey: key, baseURL: api }).models.list(),
    refusal: { status: 404, body: { error: { message: "No such model.", type: "invalid_request_error" } } },
    error: { ofClass: NoTogether, says: { status: 404 } },
  },
  {
    name: "deepl-node",
    service: "deepl",
    typed: { host: "api-free.deepl.com", api_key: KEY },
    route: "GET api-free.deepl.com/v2/usage",
    body: { character_count: 30, character_limit: 500_000 },
    found: { character: { count: 30, limit: 500_000 } },
    read: ({ api, key }) => new DeepLClient(key, { serverUrl: api, maxRetries: 0 }).getUsage(),
    refusal: { status: 403, body: { message: "Forbidden" } },
    error: { ofClass: AuthorizationError, says: { message: expect.stringContaining("Authorization failure") } },
  },
];
