import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { ClassroomService } from "../../generated/chorus/classroom/v1/classroom_service_pb.ts";
import { FeedbackService } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { CSRF_HEADER, renewSession, session } from "./session.ts";

const provesItsOrigin: Interceptor = (next) => async (request) => {
  request.header.set(CSRF_HEADER, (await session()).csrf);
  try {
    return await next(request);
  } catch (error) {
    if (ConnectError.from(error).code === Code.PermissionDenied) {
      renewSession();
    }
    throw error;
  }
};

const transport = createConnectTransport({
  baseUrl: window.location.origin,
  useBinaryFormat: true,
  interceptors: [provesItsOrigin],
});

export const feedbackService = createClient(FeedbackService, transport);
export const classroomService = createClient(ClassroomService, transport);

/** How long one review may take, in milliseconds. */
export const REVIEW_TIMEOUT_MS = 300_000;
/** How long any other call may take, in milliseconds. */
export const CALL_TIMEOUT_MS = 30_000;
