"""What is said about a file, in Korean; the values of the enumerations say it in English."""

from collections.abc import Mapping

from chorus_documents.document import Refusal, Remark

REMARKS: Mapping[Remark, str] = {
    Remark.READ_AS_UTF_16: "UTF-16으로 읽었어요",
    Remark.READ_AS_CP949: "CP949(EUC-KR)로 읽었어요. 글자가 깨졌으면 UTF-8로 저장해 주세요",
    Remark.READ_AS_CP1252: "Windows-1252로 읽었어요. 글자가 깨졌으면 UTF-8로 저장해 주세요",
    Remark.DELETIONS_LEFT_OUT: "변경 내용 추적에서 지운 글은 뺐어요",
    Remark.HIDDEN_TEXT_LEFT_OUT: "숨겨진 글은 뺐어요",
    Remark.PAGES_WITHOUT_TEXT: "스캔한 쪽처럼 글자가 없는 쪽은 뺐어요",
    Remark.LINES_OF_THE_PAGE: "줄은 PDF의 쪽에서 끝나는 곳에서 끝나요",
}

REFUSALS: Mapping[Refusal, str] = {
    Refusal.TOO_LARGE: "파일이 너무 커요. 글만 보내 주세요.",
    Refusal.TOO_LARGE_UNPACKED: "파일을 풀면 너무 커요. 글만 보내 주세요.",
    Refusal.TOO_LONG: "한 번에 검토하기에는 글이 너무 길어요. 나누어 보내 주세요.",
    Refusal.TOO_SLOW: "읽는 데 너무 오래 걸려요. 다시 저장하거나 글만 복사해 주세요.",
    Refusal.TOO_MUCH_MEMORY: "읽는 데 메모리가 너무 많이 들어요. 다시 저장하거나 글만 복사해 주세요.",
    Refusal.CRASHED: "이 파일을 읽다가 프로그램이 멈췄어요. 다시 저장하거나 글만 복사해 주세요.",
    Refusal.BROKEN: "파일이 깨졌어요. 다시 저장하거나 글만 복사해 주세요.",
    Refusal.PROTECTED: "암호가 걸린 파일이에요. 암호 없이 저장해 주세요.",
    Refusal.FOR_DISTRIBUTION: "배포용 한글 문서예요. 일반 문서나 hwpx로 저장해 주세요.",
    Refusal.NO_TEXT: "파일에 글이 없어요.",
    Refusal.NO_TEXT_IN_PDF: "글자가 없는 PDF예요. 스캔했다면 글을 직접 입력하거나 문자 인식을 해 주세요.",
    Refusal.RTF: "RTF 파일이에요. docx나 일반 텍스트로 저장해 주세요.",
    Refusal.HTML: "HTML 파일이에요. 화면에 보이는 글을 텍스트 파일로 복사해 주세요.",
    Refusal.XML: "XML 파일이에요. docx, hwpx나 일반 텍스트로 저장해 주세요.",
    Refusal.OLD_WORD: "예전 워드 형식(.doc)이에요. docx로 저장해 주세요.",
    Refusal.OLD_HANGUL: "한글 3 형식이에요. hwp나 hwpx로 저장해 주세요.",
    Refusal.OTHER_OFFICE: "글 문서가 아닌 오피스 파일이에요. 글을 docx나 PDF로 저장해 주세요.",
    Refusal.OPEN_DOCUMENT: "OpenDocument 파일이에요. docx로 저장해 주세요.",
    Refusal.IMAGE: "그림 파일이에요. 글을 직접 입력하거나 문자 인식을 해 주세요.",
    Refusal.ARCHIVE: "압축 파일이에요. 풀어서 안에 있는 파일을 보내 주세요.",
    Refusal.NOT_TEXT: "글이 아니에요. docx, hwpx, hwp, PDF나 UTF-8 텍스트로 저장해 주세요.",
    Refusal.LIBRARY_MISSING: "필요한 라이브러리가 없어요: pip install 'chorus-client[cli,files]'",
}
