//! The words of the API (fact sheet §6 and §7). A word that is not listed is kept as it came.

use super::word::words;

words! {
    /// What a line is counted in.
    Unit {
        Hours = "hours", Parts = "parts", Km = "km", Day = "day", Week = "week", Month = "month",
        Kilogram = "kilogram", CubicMetre = "cubicMetre", Set = "set", Litre = "litre", Box = "box", Case = "case",
        Carton = "carton", Metre = "metre", Package = "package", Shipment = "shipment", SquareMetre = "squareMetre",
        Session = "session", Tonne = "tonne",
    }
    /// When an invoice has to be paid.
    PaymentCondition { Netto, NettoCash, CurrentMonthOut, Paid }
    /// Whether a voucher is in the books.
    BookStatus { Draft, Booked }
    /// Where a voucher stands, its payment included.
    PaymentStatus { Draft, Booked, Paid, OverPaid, Overdue }
    /// Where a trade offer stands.
    TradeOfferStatus { Draft, Invoiced, CustomerAccepted, CustomerDeclined, UserAccepted, UserDeclined }
    /// Whether a voucher was mailed.
    MailOutStatus { NotSent, Sent, SeenByCustomer, Failed }
    /// How a voucher was last sent.
    MailOutType {
        Einvoice, ElectronicInvoiceReminder, Inkasso, Mailout, OrderConfirmation, PreReminder, Reminder, TradeOffer,
        ManualMailout, ManualTradeOfferMailout, None,
    }
    /// What became of a mail.
    DeliveryStatus { Pending, Sent, SeenByCustomer, Failed, ManuallySent }
    /// Which kind of sale.
    SaleType { Invoice, CreditNote }
    /// Which kind of line.
    LineType { Product, Text }
    /// What a total line adds up.
    TotalLineType { SubTotal, SubTotalWithVat, SubTotalWithoutVat, Vat, Total }
    /// How an electronic invoice asks to be paid.
    PaymentMean { Domestic, International, Fik = "FIK" }
    /// Where the organisation stands on tax on the sum of salaries.
    SalarySumTaxState { None, OnlySalarySum, MixedActivities }
    /// Which files to list.
    FileStatus { All, Used, Unused }
    /// Where a ledger item stands.
    LedgerItemStatus { Draft, PendingBooking, Booked }
    /// A design's arrangement.
    InvoiceTheme { DineroStarter, Standard, Massive, TopImage, BackgroundImage, Box }
    /// Where a design puts the receiver's address.
    AddressPlacement { Right, Left }
    /// What a design shows as the logo.
    LogoType { Image, Letters }
    /// What default attachments are bound to.
    DocumentType { Invoice, TradeOffer }
    /// By what a list of sales is ordered.
    SalesSort { VoucherNumber, VoucherDate, Status, Contact }
    /// By what a list of trade offers is ordered.
    TradeOfferSort { TradeOfferNumber, TradeOfferDate, Status, ContactName }
    /// Which way a list is ordered.
    SortOrder { Ascending = "ascending", Descending = "descending" }
}
