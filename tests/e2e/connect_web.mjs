// Calls Chorus as a page of another team does, by connect-web; prints what it got, as JSON.
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { FeedbackService } from "./generated/chorus/feedback/v1/feedback_service_pb.js";
import { BadRequestSchema, ErrorInfoSchema } from "./generated/google/rpc/error_details_pb.js";

const [protocol, baseUrl, text, models, timeoutMs] = process.argv.slice(2);
const createTransport = { connect: createConnectTransport, "grpc-web": createGrpcWebTransport }[protocol];
const client = createClient(FeedbackService, createTransport({ baseUrl }));
const request = { submission: { text }, models: models.split(",") };
const options = { timeoutMs: Number(timeoutMs) };
const told = { events: [], quotes: [] };
try {
  for await (const { event } of client.streamFeedback({ request }, options)) {
    told.events.push(event.case);
    if (event.case === "response") {
      told.quotes = event.value.merged.points.map((point) => point.members[0].point.anchor?.quote);
    }
  }
  const whole = await client.getFeedback(request, options);
  told.answered = whole.merged.panel.answered;
} catch (thrown) {
  const error = ConnectError.from(thrown);
  told.code = Code[error.code];
  told.reason = error.findDetails(ErrorInfoSchema)[0]?.reason;
  told.fields = error.findDetails(BadRequestSchema)[0]?.fieldViolations.map(({ field }) => field);
}
console.log(JSON.stringify(told));
