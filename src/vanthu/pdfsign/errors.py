"""What can go wrong with a PDF and its signatures, each as one sentence for the person at the screen."""

from __future__ import annotations


class PdfSignError(Exception):
    """Không xử lý được tệp PDF."""

    #: Stable machine code; the message may be reworded, the code may not.
    code = "pdfsign.error"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())

    @property
    def message(self) -> str:
        return str(self)

    @property
    def fact(self) -> str:
        """What is so, without what to do about it: that depends on who reads it. No full stop."""
        return str(self).split("; hãy ")[0].rstrip(".")


class UnreadablePdf(PdfSignError):
    """Không đọc được tệp PDF này."""

    code = "pdfsign.unreadable"


class NotAPdf(UnreadablePdf):
    """Tệp này không phải là PDF; hãy chọn tệp PDF."""

    code = "pdfsign.not_a_pdf"


class BrokenPdf(UnreadablePdf):
    """Tệp PDF bị hỏng hoặc thiếu dữ liệu; hãy xuất lại tệp từ phần mềm soạn thảo."""

    code = "pdfsign.broken"


class TooComplex(UnreadablePdf):
    """Tệp PDF lớn hoặc rắc rối bất thường, không đọc hết được; hãy xuất lại tệp từ phần mềm soạn thảo."""

    code = "pdfsign.too_complex"


class PasswordProtected(UnreadablePdf):
    """Tệp PDF được đặt mật khẩu (có tệp mở xem không hỏi mật khẩu); hãy bỏ mật khẩu rồi dùng tệp mới."""

    code = "pdfsign.password_protected"


class EmptyPdf(UnreadablePdf):
    """Tệp PDF không có trang nào; hãy kiểm tra lại tệp."""

    code = "pdfsign.empty"


class RotatedPage(PdfSignError):
    """Trang cần ký bị xoay; hãy xuất lại PDF với trang ở chiều đọc bình thường."""

    code = "pdfsign.rotated_page"


class OddPage(PdfSignError):
    """Trang có khổ giấy không hợp lệ; hãy mở tệp, in ra PDF (Print to PDF) rồi dùng tệp mới."""

    code = "pdfsign.odd_page"


class PlacesMissing(PdfSignError):
    """Chưa xác định đủ vị trí trên văn bản; hãy chỉ vị trí còn thiếu trên trang."""

    code = "pdfsign.places_missing"


class PlaceOutside(PdfSignError):
    """Vị trí đã chọn nằm ngoài trang; hãy chọn lại."""

    code = "pdfsign.place_outside"


class AlreadySigned(PdfSignError):
    """Tệp đã có chữ ký số; không thể chuẩn bị lại để ký."""

    code = "pdfsign.already_signed"


class AlreadyPrepared(PdfSignError):
    """Tệp đã có sẵn ô ký hoặc ô số, ngày tháng; hãy dùng bản PDF gốc."""

    code = "pdfsign.already_prepared"


class NotPrepared(PdfSignError):
    """Tệp chưa được chuẩn bị để ký; hãy xác định vị trí số, ngày tháng, chữ ký và dấu trước."""

    code = "pdfsign.not_prepared"


class FieldTaken(PdfSignError):
    """Ô ký này đã có chữ ký số."""

    code = "pdfsign.field_taken"


class PersonNotSigned(PdfSignError):
    """Văn bản chưa có chữ ký số của người có thẩm quyền; chưa thể cấp số và đóng dấu."""

    code = "pdfsign.person_not_signed"


class IssueFieldsTouched(PdfSignError):
    """Ô số, ngày tháng đã bị điền hoặc sửa sau khi người có thẩm quyền ký số; hãy trình ký lại."""

    code = "pdfsign.issue_fields_touched"


class AddedOtherwise(PdfSignError):
    """Tệp chuẩn bị để ký bị thay đổi ngoài các ô dành sẵn nên không được ký; hãy báo quản trị hệ thống."""

    code = "pdfsign.added_otherwise"


class TwofoldPdf(PdfSignError):
    """Tệp PDF có hai bảng tham chiếu nên mỗi phần mềm có thể đọc một khác; hãy tải lại tệp lên."""

    code = "pdfsign.twofold_pdf"


class BadIssueData(PdfSignError):
    """Số, ngày hoặc tháng ban hành không hợp lệ."""

    code = "pdfsign.bad_issue_data"


class BadImage(PdfSignError):
    """Không đọc được ảnh chữ ký hoặc ảnh dấu; hãy dùng tệp PNG."""

    code = "pdfsign.bad_image"


class FontMissing(PdfSignError):
    """Máy chưa có phông chữ Liberation Serif; hãy cài gói fonts-liberation2."""

    code = "pdfsign.font_missing"


class BadCertificate(PdfSignError):
    """Không đọc được chứng thư số; cần tệp PEM hoặc DER."""

    code = "pdfsign.bad_certificate"


class WrongSignatureValue(PdfSignError):
    """Giá trị chữ ký không khớp với chứng thư số và văn bản; hãy ký lại."""

    code = "pdfsign.wrong_signature_value"


class PendingMismatch(PdfSignError):
    """Tệp đang chờ ký không khớp với phiên ký; hãy bắt đầu ký lại."""

    code = "pdfsign.pending_mismatch"


class TimestampFailed(PdfSignError):
    """Không lấy được dấu thời gian từ máy chủ cấp dấu thời gian; hãy thử lại sau."""

    code = "pdfsign.timestamp_failed"


class LongTermFailed(PdfSignError):
    """Chưa lấy đủ dữ liệu chứng thực để lưu trữ lâu dài; hãy thử lại sau."""

    code = "pdfsign.long_term_failed"


class TokenError(PdfSignError):
    """Thiết bị lưu khóa bí mật báo lỗi; hãy kiểm tra thiết bị rồi thử lại."""

    code = "pdfsign.token_error"


class TokenNotFound(TokenError):
    """Không tìm thấy thiết bị lưu khóa bí mật; hãy cắm thiết bị rồi thử lại."""

    code = "pdfsign.token_not_found"


class TokenKeyNotFound(TokenError):
    """Thiết bị không có khóa ký này; hãy kiểm tra nhãn khóa đã cấu hình."""

    code = "pdfsign.token_key_not_found"


class WrongPin(TokenError):
    """Mã PIN không đúng; hãy nhập lại."""

    code = "pdfsign.wrong_pin"


class TokenLocked(TokenError):
    """Thiết bị lưu khóa bí mật đã bị khóa do nhập sai mã PIN nhiều lần; hãy liên hệ nơi cấp để mở khóa."""

    code = "pdfsign.token_locked"
