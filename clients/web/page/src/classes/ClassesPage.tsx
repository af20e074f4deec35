import { ClassView } from "./ClassView.tsx";
import { ClassWork } from "./ClassWork.tsx";
import { ClassList } from "./ClassList.tsx";

/** All classes, one of them, or a work of one. */
export default function ClassesPage({ classId, workId }: { classId: string | undefined; workId: string | undefined }) {
  if (classId === undefined) {
    return <ClassList />;
  }
  return workId === undefined ? <ClassView key={classId} id={classId} /> : <ClassWork key={workId} classId={classId} workId={workId} />;
}
